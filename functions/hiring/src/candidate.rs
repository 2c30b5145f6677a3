//! Whoever applied: the latest application of an account, and when it may apply again. Pure.

use crate::application::{Application, State};
use kernel::{AccountId, ApplicationId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The time in which an account's applications are counted.
const MONTH: Duration = Duration::from_secs(30 * 86_400);

/// An account that applied.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// Which.
    pub account: AccountId,
    /// Its latest application: no other one of it is open.
    pub latest: ApplicationId,
    /// When it applied within the month before the latest application, and that one's time.
    pub recent: Vec<Timestamp>,
}

/// How often somebody may apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// How long after a rejection.
    pub again_after: Duration,
    /// How many times in a month.
    pub a_month: usize,
}

/// Why somebody may not apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MayNot {
    /// This application of theirs is open.
    Open(ApplicationId),
    /// They were hired.
    Hired,
    /// They were rejected not long ago.
    Before(Timestamp),
    /// They applied too often.
    TooOften(Timestamp),
}

impl Candidate {
    /// The account as it is with the application `id` of now, if it may apply. `before` is what it was, with its latest
    /// application.
    pub fn applies(
        account: AccountId,
        before: Option<(&Candidate, &Application)>,
        id: ApplicationId,
        patience: Patience,
        now: Timestamp,
    ) -> Result<Self, MayNot> {
        let mut recent: Vec<Timestamp> = Vec::new();
        if let Some((candidate, latest)) = before {
            match (latest.state, latest.closed_at, &latest.decided) {
                (State::Hired, ..) => return Err(MayNot::Hired),
                (State::Received | State::Testing | State::Tested, ..) => return Err(MayNot::Open(latest.id)),
                (State::Rejected, Some(closed_at), Some(_)) if now < closed_at.after(patience.again_after) => {
                    return Err(MayNot::Before(closed_at.after(patience.again_after)));
                }
                // Whom nobody answered, or who withdrew, need not wait.
                (State::Rejected | State::Withdrawn, ..) => {}
            }
            recent.extend(candidate.recent.iter().filter(|at| now < at.after(MONTH)));
        }
        match recent.first().filter(|_| recent.len() >= patience.a_month) {
            Some(oldest) => Err(MayNot::TooOften(oldest.after(MONTH))),
            None => {
                recent.push(now);
                Ok(Self { account, latest: id, recent })
            }
        }
    }
}
