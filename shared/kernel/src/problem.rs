//! What a caller is told when something is refused or fails: RFC 9457 problem details.
//!
//! A use case names its refusals in an enum and derives [`Refusal`]: status, code, text and documentation stand
//! beside the variant, once.

use serde::Serialize;
use serde_json::{Map, Value};

/// A problem detail (RFC 9457). It holds what the caller may know, never causes or internals.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Problem {
    /// HTTP status code.
    pub status: u16,
    /// A stable URI of the kind of problem: `urn:yarmarka:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same as a short word for `switch` statements.
    pub code: &'static str,
    /// What kind of problem it is, the same text each time.
    pub title: String,
    /// What happened this time and what to do about it.
    pub detail: String,
    /// The facts of this occurrence, by name.
    #[serde(flatten)]
    pub facts: Map<String, Value>,
    /// Seconds after which the same request may succeed (`Retry-After`).
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem without further facts. `title` ends up in documentation, `detail` is for this occurrence.
    pub fn new(status: u16, code: &'static str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            status,
            kind: format!("urn:yarmarka:problem:{code}"),
            code,
            title: title.to_owned(),
            detail: detail.into(),
            facts: Map::new(),
            retry_after: None,
        }
    }

    /// With one more fact. A fact that cannot be written as JSON is left out: the problem itself must get through.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.facts.insert(name.to_owned(), value);
        }
        self
    }

    /// With the advice to try again after this many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

/// One line of the documentation: a problem that an operation may answer with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct ProblemEntry {
    /// HTTP status code.
    pub status: u16,
    /// Stable code.
    pub code: &'static str,
    /// What it means.
    pub title: &'static str,
}

/// The ways a use case says no. Derive it: `#[problem(409, "total-changed", "The total is {actual} now.")]` on each
/// variant; the variant's doc comment is the title, the text is the detail and may name the variant's fields, which
/// also become facts of the problem.
pub trait Refusal {
    /// The problem to answer with.
    fn problem(&self) -> Problem;

    /// Every problem this enum can become.
    fn entries() -> Vec<ProblemEntry>;
}

/// The refusal of a use case that never refuses.
impl Refusal for std::convert::Infallible {
    fn problem(&self) -> Problem {
        match *self {}
    }

    fn entries() -> Vec<ProblemEntry> {
        Vec::new()
    }
}
