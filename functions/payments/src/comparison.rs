//! The comparison of a day: how far it is, and what it came to. Pure.
//!
//! Goes through the provider's charges and refunds of the day, then our payments whose money moved on it, then the
//! breaks that are open: page by page, so that whoever comes next goes on. It is stored behind each page under its
//! version, so of two at once one stops.

use crate::compare::MARGIN;
use crate::day::Day;
use crate::provider::{Book, Span};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How much of the day before is looked at once more: a charge may take its time, and is listed under its beginning.
const OVERLAP: Duration = Duration::from_secs(86_400);
/// How long what was seen is kept: longer than anybody makes up for missed days.
const KEPT: Duration = Duration::from_secs(90 * 86_400);

/// The comparison of a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// Which.
    pub day: Day,
    /// When it began.
    pub begun_at: Timestamp,
    /// What it goes through.
    pub part: Part,
    /// Behind what it goes on; none at a part's beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// How many pages it went through.
    pub pages: u32,
    /// What it came to so far.
    pub tally: Tally,
    /// When it was finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
}

/// What a comparison goes through, one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The provider's charges.
    Charges,
    /// The provider's refunds.
    Refunds,
    /// Our payments.
    Ours,
    /// The breaks that are open.
    Open,
    /// Nothing more.
    Done,
}

/// What a comparison came to, or a page of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Charges and refunds of ours that the provider listed.
    pub theirs: u64,
    /// Payments of ours whose money moved.
    pub ours: u64,
    /// What the provider listed of others who use the same account there.
    pub foreign: u64,
    /// Breaks that were found.
    pub found: u64,
    /// Breaks that had healed.
    pub healed: u64,
}

/// What the provider listed on one page: its intents, and refunds by our ids. Written once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sheet {
    /// Of which day's comparison.
    pub day: Day,
    /// Of which page.
    pub page: u32,
    /// Their names.
    pub seen: Vec<String>,
    /// When it may be forgotten, in seconds since 1970.
    pub expires_at: i64,
}

impl Tally {
    /// With this more.
    #[must_use]
    pub fn with(self, more: Tally) -> Self {
        Self {
            theirs: self.theirs.saturating_add(more.theirs),
            ours: self.ours.saturating_add(more.ours),
            foreign: self.foreign.saturating_add(more.foreign),
            found: self.found.saturating_add(more.found),
            healed: self.healed.saturating_add(more.healed),
        }
    }
}

impl Part {
    fn next(self) -> Self {
        match self {
            Part::Charges => Part::Refunds,
            Part::Refunds => Part::Ours,
            Part::Ours => Part::Open,
            Part::Open | Part::Done => Part::Done,
        }
    }

    /// The provider's book that it goes through, if it is one.
    pub fn book(self) -> Option<Book> {
        match self {
            Part::Charges => Some(Book::Charges),
            Part::Refunds => Some(Book::Refunds),
            Part::Ours | Part::Open | Part::Done => None,
        }
    }
}

impl Comparison {
    /// The day that is to be compared at `at`, if one is ripe that was not: the first one behind the `last`, or, if
    /// there was none ever, the one before.
    pub fn next_day(last: Option<Day>, at: Timestamp) -> Option<Day> {
        let now = at.as_millis().saturating_sub(i64::try_from(MARGIN.as_millis()).unwrap_or(i64::MAX));
        let ripe = Day::of(Timestamp::from_millis(now)).before();
        let next = last.map_or(ripe, Day::next);
        (next <= ripe).then_some(next)
    }

    /// The comparison of a day begins.
    pub fn begin(day: Day, now: Timestamp) -> Self {
        Self {
            day,
            begun_at: now,
            part: Part::Charges,
            place: None,
            pages: 0,
            tally: Tally::default(),
            finished_at: None,
        }
    }

    /// Which of the provider's entries belong to it.
    pub fn span(&self) -> Span {
        let overlap = i64::try_from(OVERLAP.as_millis()).unwrap_or(i64::MAX);
        let from = Timestamp::from_millis(self.day.begin().as_millis().saturating_sub(overlap));
        Span { from, until: self.day.end() }
    }

    /// A page was gone through, which came to `more`; behind `next` there is another one.
    #[must_use]
    pub fn turned(&self, next: Option<String>, more: Tally, now: Timestamp) -> Self {
        let part = if next.is_none() { self.part.next() } else { self.part };
        Self {
            part,
            place: next,
            pages: self.pages.saturating_add(1),
            tally: self.tally.with(more),
            finished_at: (part == Part::Done).then_some(now),
            ..self.clone()
        }
    }

    /// What its present page listed.
    pub fn sheet(&self, seen: Vec<String>, now: Timestamp) -> Sheet {
        Sheet {
            day: self.day,
            page: self.pages,
            seen,
            expires_at: now.after(KEPT).as_seconds(),
        }
    }
}
