//! A second manager decides about a credit or fine above the limit.
//!
//! Called by another manager than the one who asked for it and the one whose account it is, with an `Idempotency-Key`,
//! within two weeks; the same key again gets the same reply. Approved, it is in the ledger, and
//! `billing.account-adjusted.v1` follows.

use crate::adjustment::{Adjustment, AdjustmentEvent, NotDecidable, Standing, Verdict};
use crate::calendar::Calendar;
use crate::ledger::{Account, Fact};
use crate::posting::{Outcome, enter, hold, transfer};
use crate::store::adjustment_key;
use derive::Refusal;
use kernel::{AdjustmentId, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, IdempotencyKey, Json, Path, Staff};
use platform::{Commit, Error, Failure, Function, Now, Setting, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often it is decided anew when others change it in between.
const TRIES: usize = 4;

/// A decision.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"approve": true}))]
pub struct DecideAdjustment {
    /// Whether it is approved.
    pub approve: bool,
}

/// A decision that was taken.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DecidedAdjustment {
    /// Names the adjustment.
    pub id: AdjustmentId,
    /// `applied` or `declined`.
    pub state: Standing,
    /// When it was decided.
    pub decided_at: Timestamp,
}

/// Why a decision is not taken.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// It is about the manager's own account.
    #[problem(403, "own-balance", "It is about your own account. Let a colleague decide.")]
    OwnAccount,
    /// A second manager is to decide.
    #[problem(409, "own-proposal", "Whoever asked for it does not decide about it.")]
    OwnProposal,
    /// It is decided already.
    #[problem(409, "already-decided", "Another manager was faster, or no decision was needed.")]
    Decided,
    /// The time to decide is over.
    #[problem(409, "proposal-lapsed", "Nobody decided within two weeks. Ask for it once more.")]
    Lapsed,
}

/// `POST /v1/adjustments/{adjustment}/decision`
pub fn function() -> Function {
    http::post("/v1/adjustments/{adjustment}/decision", decide_adjustment)
}

/// Decides on it as it stands, and enters it if it is approved.
pub async fn decide_adjustment(
    manager: Staff<Manager>,
    key: IdempotencyKey,
    Path(id): Path<AdjustmentId>,
    Json(request): Json<DecideAdjustment>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    billing: Table,
) -> Result<http::Ok<DecidedAdjustment>, Failure<Refused>> {
    let verdict = Verdict {
        manager: manager.account,
        at: now,
        key: key.stored(),
        fingerprint: key.fingerprint().to_owned(),
    };
    for _ in 0..TRIES {
        let found = billing.get::<Adjustment>(&adjustment_key(id)).await?.ok_or_else(http::not_found)?;
        if let Some(known) = found.value.verdict().filter(|known| known.key == verdict.key) {
            key.replays(&known.fingerprint)?;
            return Ok(decided(&found.value, known));
        }
        let next = found.value.decide(request.approve, verdict.clone())?;
        let is_written = match request.approve {
            true => apply(&billing, &found, &next, &calendar, now).await?,
            false => release(&billing, &found, &next).await?,
        };
        if is_written {
            return Ok(decided(&next, &verdict));
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

/// Enters an adjustment; whether nobody was faster.
async fn apply(
    billing: &Table,
    found: &Stored<Adjustment>,
    next: &Adjustment,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<bool, Error> {
    let (fact, when) = (Fact::Adjustment { adjustment: next.id }, (now, calendar.period_of(now)));
    let mut txn = transfer(fact, Account::Adjustments, next.ledger_account(), next.amount, when)?;
    txn.releases_minor = next.held_minor;
    let outcome = enter(billing, txn, |transaction| transaction.replace(found, next, vec![AdjustmentEvent::Adjusted]));
    Ok(outcome.await? == Outcome::Done)
}

/// Writes that an adjustment comes to nothing, and frees what was held for it; whether nobody was faster.
pub(crate) async fn release(billing: &Table, found: &Stored<Adjustment>, next: &Adjustment) -> Result<bool, Error> {
    let transaction = billing.transaction().replace(found, next, Vec::new());
    let released = hold(transaction, next.personal(), next.held_minor.saturating_neg());
    Ok(matches!(released.commit().await?, Commit::Done))
}

fn decided(adjustment: &Adjustment, verdict: &Verdict) -> http::Ok<DecidedAdjustment> {
    let body = DecidedAdjustment {
        id: adjustment.id,
        state: adjustment.standing(),
        decided_at: verdict.at,
    };
    http::Ok { version: None, body }
}

impl From<NotDecidable> for Failure<Refused> {
    fn from(reason: NotDecidable) -> Self {
        Failure::Refused(match reason {
            NotDecidable::OwnAccount => Refused::OwnAccount,
            NotDecidable::OwnProposal => Refused::OwnProposal,
            NotDecidable::Decided => Refused::Decided,
            NotDecidable::Lapsed => Refused::Lapsed,
        })
    }
}
