//! How many messages of one kind a person gets in an hour. What is over the limit waits, and comes as one. Pure.

use kernel::{AccountId, Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const HOUR_MS: i64 = 3_600_000;
/// How long an hour's count is kept: a day.
const KEPT_S: i64 = 86_400;

/// What a person was told of one kind in the current hour.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recent {
    /// Who.
    pub account: AccountId,
    /// Of which kind: [`crate::notice::Notice::name`].
    pub kind: String,
    /// The hour's first moment.
    pub hour: Timestamp,
    /// Which events, shortened. Never more than the limit.
    pub seen: Vec<String>,
    /// When DynamoDB may forget it, in seconds.
    pub expires_at: i64,
}

/// What becomes of one more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Admission {
    /// It was counted before.
    Known,
    /// It is within the limit; this is to be written.
    Counted(Recent),
    /// It is over the limit, until this time.
    Over(Timestamp),
}

impl Recent {
    /// Counts `event` at `now` after what was seen so far.
    pub fn admit(
        seen: Option<&Recent>,
        (account, kind): (AccountId, &str),
        event: &str,
        now: Timestamp,
        most: u32,
    ) -> Admission {
        let hour = Timestamp::from_millis(now.as_millis().div_euclid(HOUR_MS) * HOUR_MS);
        let mut seen = seen.filter(|recent| recent.hour == hour).map(|recent| recent.seen.clone()).unwrap_or_default();
        let event = Digest::of([event]).short(12);
        if seen.contains(&event) {
            return Admission::Known;
        }
        if seen.len() >= usize::try_from(most).unwrap_or(usize::MAX) {
            return Admission::Over(hour.after(Duration::from_secs(3600)));
        }
        seen.push(event);
        Admission::Counted(Recent {
            account,
            kind: kind.to_owned(),
            hour,
            seen,
            expires_at: hour.as_seconds() + KEPT_S,
        })
    }
}
