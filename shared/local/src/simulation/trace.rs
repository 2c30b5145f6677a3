//! What happened, step by step: a hash always, the lines on demand.

use kernel::Digest;

/// A history's trace.
#[derive(Clone, Debug)]
pub struct Trace {
    hash: Digest,
    lines: Option<Vec<String>>,
}

impl Trace {
    /// An empty trace, that keeps its lines or not.
    pub fn new(keep_lines: bool) -> Self {
        Self {
            hash: Digest::of(["trace"]),
            lines: keep_lines.then(Vec::new),
        }
    }

    /// Adds a line.
    pub fn add(&mut self, line: String) {
        self.hash = Digest::of([self.hash.short(26).as_str(), &line]);
        if let Some(lines) = &mut self.lines {
            lines.push(line);
        }
    }

    /// Names this history.
    pub fn hash(&self) -> String {
        self.hash.short(26)
    }

    /// The lines, if they were kept.
    pub fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }
}
