//! A page of the accounts that a week moved: each client is invoiced, each worker who earned something is to be paid.
//!
//! Consumes `billing.page-due.v1`. What happens to an account is one transaction that closes its week: an invoice or a
//! payout is written with it, or the balance carries over. So a page may be gone through twice, by two at once, or only
//! in part before a crash: nobody is paid twice, and the page is not turned before everybody on it was dealt with.
//! Followed by `billing.invoice-issued.v1` and `billing.payout-planned.v1`, by the part's next `billing.page-due.v1`,
//! and with the last page of the last part by `billing.run-finished.v1`.

use crate::balance::{Balance, Week, part_of};
use crate::calendar::Period;
use crate::invoice::{Invoice, InvoiceEvent};
use crate::ledger::{Account, Fact, Side};
use crate::payout::{Payout, PayoutEvent};
use crate::posting::{Outcome, enter, transfer};
use crate::run::{Part, Run, Tally};
use crate::store::{balance_key, part_key, run_key, tallies, week_key, weeks};
use contracts::billing::PageDue;
use kernel::Timestamp;
use platform::{Commit, Error, Function, Now, On, Stored, Table, events};
use std::convert::Infallible;

/// How many accounts a page has.
const PAGE: u32 = 50;
/// How often an account is looked at again when others change it in between.
const TRIES: usize = 8;

/// On `billing.page-due.v1`
pub fn function() -> Function {
    events::on(settle_page)
}

/// Deals with everybody on the page, then turns it.
pub async fn settle_page(due: On<PageDue>, Now(now): Now, billing: Table) -> Result<(), Error> {
    let period: Period = due.period.parse().map_err(Error::broken)?;
    let part_key = part_key(period, due.part);
    let (run, part) = platform::both(billing.get::<Run>(&run_key(period)), billing.get::<Part>(&part_key)).await?;
    let not_here = || Error::unavailable(format!("the run of {period} is not here yet"));
    let (run, part) = (run.ok_or_else(not_here)?, part.ok_or_else(not_here)?);
    if part.value.is_done || part.value.step != due.step {
        return Ok(());
    }
    let list = weeks(period, due.part);
    let page = billing.list::<Week, Infallible>(&list, PAGE, part.value.cursor.as_ref()).await?;
    let mut outcome = Ok(());
    for week in page.items {
        outcome = outcome.and(settle(&billing, &run.value, week, now).await);
    }
    outcome?;
    let (turned, events) = part.value.turned(page.next, now);
    if turned.is_done {
        return finish(&billing, run, part, &turned, now).await;
    }
    // If somebody else has turned it, it is turned.
    billing.replace(&part, turned, events).await.map(drop)
}

/// Closes the week of one account.
async fn settle(billing: &Table, run: &Run, mut week: Stored<Week>, now: Timestamp) -> Result<(), Error> {
    for _ in 0..TRIES {
        if week.value.closed_at.is_some() {
            return Ok(());
        }
        let is_closed = match week.value.side {
            Side::Client => invoice(billing, run, &week, now).await?,
            Side::Worker => pay_out(billing, &week, now).await?,
        };
        if is_closed {
            return Ok(());
        }
        let key = week_key(week.value.period, week.value.personal());
        week = billing.get(&key).await?.ok_or_else(|| Error::broken(format!("{key} is gone")))?;
    }
    Err(Error::contended(format!("{} kept changing", week.value.owner)))
}

/// Issues a client's invoice, if there is anything to pay; whether the week is closed.
async fn invoice(billing: &Table, run: &Run, week: &Stored<Week>, now: Timestamp) -> Result<bool, Error> {
    let closed = week.value.closed(now);
    let Some(invoice) = Invoice::of(&week.value, now, run.pay_until) else {
        return Ok(billing.replace(week, closed, Vec::new()).await?.is_some());
    };
    let counters = [("invoices", 1), ("invoiced_minor", invoice.amount.amount_minor)];
    let transaction = billing
        .transaction()
        .create(&invoice, vec![InvoiceEvent::Issued])
        .replace(week, &closed, Vec::new())
        .add(&tally(&week.value), &counters, &[]);
    Ok(matches!(transaction.commit().await?, Commit::Done))
}

/// Sets a worker's money aside to be paid out, or lets it carry over; whether the week is closed.
async fn pay_out(billing: &Table, week: &Stored<Week>, now: Timestamp) -> Result<bool, Error> {
    let (worker, closed) = (week.value.owner, week.value.closed(now));
    let account = week.value.personal();
    let balance = billing.get::<Balance>(&balance_key(account)).await?;
    let balance = balance.ok_or_else(|| Error::broken(format!("{worker} has a week but no balance")))?.value;
    let net = week.value.net_minor();
    let Some(amount) = week.value.payout(&balance) else {
        let transaction = billing.transaction().replace(week, &closed, Vec::new()).add(
            &Balance::empty(account),
            &[("carried_minor", net)],
            &[],
        );
        return Ok(matches!(transaction.commit().await?, Commit::Done));
    };
    let period = week.value.period;
    let payout = Payout::plan(worker, amount, period, now);
    let fact = Fact::Payout { payout: payout.id, attempt: payout.attempt };
    let mut txn = transfer(fact, Account::Worker(worker), Account::InTransit, amount, (now, period))?;
    txn.carries_minor = net.saturating_sub(amount.amount_minor);
    let counters = [("payouts", 1), ("planned_minor", amount.amount_minor)];
    let outcome = enter(billing, txn, |transaction| {
        transaction.create(&payout, vec![PayoutEvent::Planned]).replace(week, &closed, Vec::new()).add(
            &tally(&week.value),
            &counters,
            &[],
        )
    });
    Ok(outcome.await? == Outcome::Done)
}

fn tally(week: &Week) -> Tally {
    Tally::empty(week.period, part_of(week.owner), week.currency)
}

/// Ends a part, and with the last one the run.
async fn finish(
    billing: &Table,
    mut run: Stored<Run>,
    mut part: Stored<Part>,
    done: &Part,
    now: Timestamp,
) -> Result<(), Error> {
    let period = run.value.period;
    for _ in 0..TRIES {
        let (next, events) = run.value.part_done(&tallies(billing, period).await?, now);
        let transaction = billing.transaction().replace(&part, done, Vec::new()).replace(&run, &next, events);
        if matches!(transaction.commit().await?, Commit::Done) {
            return Ok(());
        }
        let (run_now, part_now) =
            platform::both(billing.get(&run_key(period)), billing.get::<Part>(&part_key(period, done.part))).await?;
        let gone = || Error::broken(format!("the run of {period} is gone"));
        (run, part) = (run_now.ok_or_else(gone)?, part_now.ok_or_else(gone)?);
        if part.value.is_done || part.value.step >= done.step {
            return Ok(());
        }
    }
    Err(Error::contended(format!("the run of {period} kept changing")))
}
