//! The weekly run: what it froze when it began, and how far each part of it is. Pure.
//!
//! A run goes through every account that the week moved, in sixteen parts side by side, each page by page. What it does
//! to an account is one transaction that closes the account's week, so it does not matter how often a page is gone
//! through, or by how many at once.

use crate::balance::PARTS;
use crate::calendar::Period;
use crate::payout::Standing;
use kernel::{AccountId, Currency, Cursor, Timestamp};
use platform::Figure;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Runs in the index of what waits.
pub const WAITING: &str = "run";
/// How soon somebody looks whether a run goes on.
const LOOK_AFTER: Duration = Duration::from_secs(1800);

/// A run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Run {
    /// The week.
    pub period: Period,
    /// What is entered from then on belongs to a later week.
    pub cut_off: Timestamp,
    /// When it began.
    pub begun_at: Timestamp,
    /// Which manager began it; nobody: the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun_by: Option<AccountId>,
    /// Until when its invoices are to be paid.
    pub pay_until: Timestamp,
    /// How many parts are still under way.
    pub parts_left: u8,
    /// How many invoices it issued, once it is finished.
    #[serde(default)]
    pub invoices: u64,
    /// How many payouts it planned, once it is finished.
    #[serde(default)]
    pub payouts: u64,
    /// When everybody was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Why it is in the index of what waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// When somebody is to look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// What a run announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunEvent {
    /// It has looked at everybody.
    Finished,
}

/// A part of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// The week.
    pub period: Period,
    /// Which part.
    pub part: u8,
    /// Which page is next.
    pub step: u32,
    /// Where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// Whether all pages were gone through.
    pub is_done: bool,
    /// When it last went on.
    pub moved_at: Timestamp,
}

/// What a part announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartEvent {
    /// This page is to be gone through.
    Due {
        /// Which.
        step: u32,
    },
}

/// What a part of a run has come to in one currency. Only ever added to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tally {
    /// The week.
    pub period: Period,
    /// Which part.
    pub part: u8,
    /// In which currency.
    pub currency: Currency,
    /// Invoices issued.
    #[serde(default)]
    pub invoices: u64,
    /// What they come to, in minor units.
    #[serde(default)]
    pub invoiced_minor: i64,
    /// Payouts planned.
    #[serde(default)]
    pub payouts: u64,
    /// What they come to.
    #[serde(default)]
    pub planned_minor: i64,
    /// Payouts that were paid.
    #[serde(default)]
    pub paid: u64,
    /// What they come to.
    #[serde(default)]
    pub paid_minor: i64,
    /// Payouts that failed and were not tried again.
    #[serde(default)]
    pub failed: u64,
    /// What they come to.
    #[serde(default)]
    pub failed_minor: i64,
}

/// How long a client has to pay an invoice, in days.
#[derive(Clone, Copy, Debug)]
pub struct InvoiceDays;

impl Figure for InvoiceDays {
    type Value = Duration;
    const NAME: &'static str = "INVOICE_DAYS";
    const DEFAULT: &'static str = "7";

    fn read(text: &str) -> Result<Duration, String> {
        let days = text.parse().ok().filter(|days| (1..=365).contains(days));
        let days: u64 = days.ok_or_else(|| "1 to 365 days are expected".to_owned())?;
        Ok(Duration::from_secs(days * 86_400))
    }
}

impl Run {
    /// The run of a week begins, with all its parts.
    pub fn begin(
        (period, cut_off): (Period, Timestamp),
        by: Option<AccountId>,
        to_pay: Duration,
        now: Timestamp,
    ) -> (Self, Vec<Part>) {
        let run = Self {
            period,
            cut_off,
            begun_at: now,
            begun_by: by,
            pay_until: now.after(to_pay),
            parts_left: PARTS,
            invoices: 0,
            payouts: 0,
            finished_at: None,
            waiting: Some(WAITING.to_owned()),
            due: Some(now.after(LOOK_AFTER)),
        };
        let parts = (0..PARTS).map(|part| Part {
            period,
            part,
            step: 0,
            cursor: None,
            is_done: false,
            moved_at: now,
        });
        (run, parts.collect())
    }

    /// One more part is done; with the last one the run is finished, and knows what all `tallies` come to.
    pub fn part_done(&self, tallies: &[Tally], now: Timestamp) -> (Self, Vec<RunEvent>) {
        let parts_left = self.parts_left.saturating_sub(1);
        if parts_left > 0 {
            return (Self { parts_left, ..self.clone() }, Vec::new());
        }
        let finished = Self {
            parts_left,
            invoices: tallies.iter().map(|tally| tally.invoices).sum(),
            payouts: tallies.iter().map(|tally| tally.payouts).sum(),
            finished_at: Some(now),
            waiting: None,
            due: None,
            ..self.clone()
        };
        (finished, vec![RunEvent::Finished])
    }

    /// It was looked after.
    pub fn looked_at(&self, now: Timestamp) -> Self {
        Self { due: Some(now.after(LOOK_AFTER)), ..self.clone() }
    }
}

impl Part {
    /// This page is gone through: on to the next, or the part is done.
    pub fn turned(&self, cursor: Option<Cursor>, now: Timestamp) -> (Self, Vec<PartEvent>) {
        let (step, is_done) = (self.step.saturating_add(1), cursor.is_none());
        let events = if is_done { Vec::new() } else { vec![PartEvent::Due { step }] };
        let turned = Self { step, cursor, is_done, moved_at: now, ..self.clone() };
        (turned, events)
    }

    /// If it has not moved for long: announced once more, since its event was lost.
    pub fn pushed(&self, now: Timestamp) -> Option<(Self, Vec<PartEvent>)> {
        let is_stuck = !self.is_done && now >= self.moved_at.after(LOOK_AFTER);
        is_stuck.then(|| (Self { moved_at: now, ..self.clone() }, vec![PartEvent::Due { step: self.step }]))
    }
}

impl Tally {
    /// Nothing yet.
    pub fn empty(period: Period, part: u8, currency: Currency) -> Self {
        Self {
            period,
            part,
            currency,
            invoices: 0,
            invoiced_minor: 0,
            payouts: 0,
            planned_minor: 0,
            paid: 0,
            paid_minor: 0,
            failed: 0,
            failed_minor: 0,
        }
    }
}

/// What is added to a tally when a payout of so much comes to stand like this, or (backwards) no longer does.
pub fn counted(standing: Standing, minor: i64, backwards: bool) -> Vec<(&'static str, i64)> {
    let sign = if backwards { -1 } else { 1 };
    let of = |count, sum| vec![(count, sign), (sum, minor * sign)];
    match standing {
        Standing::Pending => Vec::new(),
        Standing::Paid => of("paid", "paid_minor"),
        Standing::Failed => of("failed", "failed_minor"),
    }
}
