//! A manager has a failed payout tried once more.
//!
//! Called by a manager with an `Idempotency-Key`; the same key again gets the same reply. What came back to the worker
//! is set aside once more, if it is still there: the next run may have paid it already. Followed by
//! `billing.payout-planned.v1`.

use crate::balance::part_of;
use crate::calendar::Calendar;
use crate::ledger::{Account, Fact};
use crate::payout::{MAX_ATTEMPTS, Payout, PayoutEvent, Retry, Standing};
use crate::posting::{Outcome, enter, transfer};
use crate::run::{Tally, counted};
use crate::store::payout_key;
use derive::Refusal;
use kernel::{AccountId, Money, PayoutId};
use platform::http::caller::Manager;
use platform::http::{self, Accepted, IdempotencyKey, Path, Staff};
use platform::{Error, Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// How often it is decided anew when others change it in between.
const TRIES: usize = 4;

/// A payout that is tried again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RetriedPayout {
    /// Names it.
    pub id: PayoutId,
    /// Who is paid.
    pub worker: AccountId,
    /// How much.
    pub amount: Money,
    /// Which attempt this is.
    pub attempt: u32,
}

/// Why a payout is not tried again.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// It has not failed.
    #[problem(409, "payout-not-failed", "It is under way, or was paid.")]
    NotFailed,
    /// The money is not there any more.
    #[problem(409, "balance-too-low", "The next run has paid it, or it was taken since. See the worker's statement.")]
    TooLow,
    /// It was tried too often.
    #[problem(409, "too-many-attempts", "It failed again and again. Mend the cause; the next run pays the balance.")]
    TooMany,
}

/// `POST /v1/payouts/{payout}/retry`
pub fn function() -> Function {
    http::post("/v1/payouts/{payout}/retry", retry_payout)
}

/// Sets the money aside and plans another attempt.
pub async fn retry_payout(
    manager: Staff<Manager>,
    key: IdempotencyKey,
    Path(id): Path<PayoutId>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    billing: Table,
) -> Result<Accepted<RetriedPayout>, Failure<Refused>> {
    for _ in 0..TRIES {
        let found = billing.get::<Payout>(&payout_key(id)).await?.ok_or_else(http::not_found)?;
        let payout = &found.value;
        if let Some(known) = payout.retries.iter().find(|known| known.key == key.stored()) {
            key.replays(&known.fingerprint)?;
            return Ok(retried(payout, known.attempt));
        }
        if payout.standing() != Standing::Failed {
            return Err(Refused::NotFailed.into());
        }
        if payout.attempt >= MAX_ATTEMPTS {
            return Err(Refused::TooMany.into());
        }
        let attempt = payout.attempt + 1;
        let retry = Retry {
            key: key.stored(),
            fingerprint: key.fingerprint().to_owned(),
            manager: manager.account,
            attempt,
        };
        let again = payout.again(retry, now);
        let (fact, when) = (Fact::Payout { payout: id, attempt }, (now, calendar.period_of(now)));
        let txn = transfer(fact, Account::Worker(payout.worker), Account::InTransit, payout.amount, when)?;
        let tally = Tally::empty(payout.period, part_of(payout.worker), payout.amount.currency);
        let counters = counted(Standing::Failed, payout.amount.amount_minor, true);
        let outcome = enter(&billing, txn, |transaction| {
            transaction.replace(&found, &again, vec![PayoutEvent::Planned]).add(&tally, &counters, &[])
        });
        match outcome.await? {
            Outcome::Done => return Ok(retried(&again, attempt)),
            Outcome::Short => return Err(Refused::TooLow.into()),
            Outcome::Known | Outcome::Changed => {}
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

fn retried(payout: &Payout, attempt: u32) -> Accepted<RetriedPayout> {
    let Payout { id, worker, amount, .. } = *payout;
    Accepted { body: RetriedPayout { id, worker, amount, attempt } }
}
