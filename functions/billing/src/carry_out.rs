//! Moves a payout on: calls the provider as its state asks for, and stores what is heard of its transfer.
//!
//! Everybody who has to do with a payout ends here: who planned it, the provider's webhook, the sweeper. Calls may be
//! repeated and news may come in any order, so it does not matter who comes first or how often.

use crate::calendar::Period;
use crate::golden_hat::{GoldenHat, Transfer, Trouble};
use crate::ledger::{Account, Fact};
use crate::payout::{News, Next, Payout, PayoutEvent, Standing};
use crate::posting::{Outcome, enter, transfer};
use crate::run::{Tally, counted};
use crate::store::payout_key;
use kernel::{PayoutId, Timestamp};
use platform::{Error, Stored, Table};

/// More steps than a payout takes at once, with room for races.
const MAX_STEPS: usize = 8;
/// Our word for a transfer that the provider never received.
const NEVER_RECEIVED: &str = "never-received";

/// What became of news.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// They are stored.
    Stored,
    /// They say nothing new.
    Known,
    /// They are about a payout that is not here.
    Orphan,
    /// They say something else than was heard before: it was paid and is said to have failed, or the other way round.
    Contradiction,
}

/// Does what is to be done about a payout, until there is nothing.
pub async fn carry_out(
    billing: &Table,
    provider: &GoldenHat,
    id: PayoutId,
    when: (Timestamp, Period),
) -> Result<(), Error> {
    let (now, _) = when;
    for _ in 0..MAX_STEPS {
        let found = billing.get::<Payout>(&payout_key(id)).await?;
        let found = found.ok_or_else(|| Error::unavailable(format!("{id} is not here yet")))?;
        let payout = &found.value;
        let heard = match payout.next(now) {
            Next::Nothing => return Ok(()),
            Next::Claim => {
                // Should somebody else claim it at this moment, its state says so when it is read again.
                billing.replace(&found, payout.sending(now), Vec::new()).await?;
                continue;
            }
            Next::Send => send(provider, payout).await?,
            Next::Ask => ask(provider, payout, now).await?,
        };
        hear(billing, &heard, when).await?;
        return Ok(());
    }
    Err(Error::contended(format!("{id} kept changing")))
}

/// Has the transfer made. Where there is no answer, asks whether it was.
async fn send(provider: &GoldenHat, payout: &Payout) -> Result<Transfer, Error> {
    match provider.transfer(payout).await {
        Ok(transfer) => Ok(transfer),
        Err(Trouble::Refused(code)) => Ok(failed(payout, code)),
        Err(Trouble::Unknown(cause)) => {
            let found = provider.find(&payout.reference()).await?;
            // Perhaps it is on its way there: it is sent again, under the same key.
            found.ok_or_else(|| Trouble::Unknown(cause).into())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// Asks for a transfer that was never answered, or has been under way for long.
async fn ask(provider: &GoldenHat, payout: &Payout, now: Timestamp) -> Result<Transfer, Error> {
    match provider.find(&payout.reference()).await? {
        Some(transfer) => Ok(transfer),
        None if payout.is_lost(now) => Ok(failed(payout, NEVER_RECEIVED.to_owned())),
        None => Err(Error::unavailable(format!("{} is not known to the provider", payout.reference()))),
    }
}

fn failed(payout: &Payout, reason: String) -> Transfer {
    Transfer {
        payout: payout.id,
        attempt: payout.attempt,
        amount: payout.amount,
        news: News::Failed(reason),
    }
}

/// Stores what a transfer's news change: its payout and, if that has ended, the ledger with it.
pub async fn hear(billing: &Table, heard: &Transfer, when: (Timestamp, Period)) -> Result<Heard, Error> {
    for _ in 0..MAX_STEPS {
        let Some(found) = billing.get::<Payout>(&payout_key(heard.payout)).await? else {
            return Ok(Heard::Orphan);
        };
        let payout = &found.value;
        if heard.attempt != payout.attempt {
            return Ok(if heard.attempt < payout.attempt { Heard::Known } else { Heard::Orphan });
        }
        if heard.amount != payout.amount {
            return Err(Error::broken(format!("{} is {} at the provider", payout.reference(), heard.amount)));
        }
        let Some(next) = payout.heard(&heard.news, when.0) else {
            return Ok(match (payout.standing(), &heard.news) {
                (Standing::Paid, News::Failed(_)) | (Standing::Failed, News::Paid) => Heard::Contradiction,
                _ => Heard::Known,
            });
        };
        if write(billing, &found, &next, when).await? {
            return Ok(Heard::Stored);
        }
    }
    Err(Error::contended(format!("{} kept changing", heard.payout)))
}

/// Writes a payout's next state; whether nobody was faster.
async fn write(
    billing: &Table,
    found: &Stored<Payout>,
    next: &Payout,
    when: (Timestamp, Period),
) -> Result<bool, Error> {
    let (payout, attempt) = (next.id, next.attempt);
    let (fact, to, event) = match next.standing() {
        Standing::Pending => return Ok(billing.replace(found, next.clone(), Vec::new()).await?.is_some()),
        Standing::Paid => (Fact::PayoutPaid { payout, attempt }, Account::Bank, PayoutEvent::Paid),
        Standing::Failed => (Fact::PayoutFailed { payout, attempt }, Account::Worker(next.worker), PayoutEvent::Failed),
    };
    let txn = transfer(fact, Account::InTransit, to, next.amount, when)?;
    let tally = Tally::empty(next.period, crate::balance::part_of(next.worker), next.amount.currency);
    let counters = counted(next.standing(), next.amount.amount_minor, false);
    let outcome = enter(billing, txn, |transaction| {
        transaction.replace(found, next, vec![event]).add(&tally, &counters, &[])
    });
    Ok(outcome.await? == Outcome::Done)
}
