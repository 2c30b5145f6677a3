//! The clock strikes: the weekly run begins when it is due, and one that got stuck goes on.
//!
//! Started each hour. The week follows from the time for which the start was planned: the run of a week is due on its
//! Sunday at three by the wall clock of the business, whatever the clocks did in that night, and a start that was
//! missed is made up by the next one. A second start finds the run and does nothing. Followed by `billing.page-due.v1`,
//! one for each part of the run.

use crate::balance::PARTS;
use crate::calendar::{Calendar, Period};
use crate::run::{InvoiceDays, Part, PartEvent, Run, WAITING};
use crate::store::{part_key, run_key};
use kernel::{AccountId, Timestamp};
use platform::{Error, Function, Now, Scheduled, Setting, Stored, Table, schedule};
use std::time::Duration;

/// Each hour
pub fn function() -> Function {
    schedule::every(Duration::from_secs(3600), begin_run)
}

/// Begins what is due, and pushes on what got stuck.
pub async fn begin_run(
    Scheduled(planned): Scheduled,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    Setting(to_pay): Setting<InvoiceDays>,
    billing: Table,
) -> Result<(), Error> {
    begin(&billing, calendar.due_at(planned), &calendar, None, to_pay, now).await?;
    let mut due = billing.due::<Run>(WAITING, now);
    while let Some(run) = due.next().await? {
        push_on(&billing, run, now).await?;
    }
    Ok(())
}

/// Begins the run of a week, unless it was begun before; the run as it stands then.
pub(crate) async fn begin(
    billing: &Table,
    period: Period,
    calendar: &Calendar,
    by: Option<AccountId>,
    to_pay: Duration,
    now: Timestamp,
) -> Result<Run, Error> {
    if let Some(known) = billing.get::<Run>(&run_key(period)).await? {
        return Ok(known.value);
    }
    let (run, parts) = Run::begin((period, calendar.cut_off(period)), by, to_pay, now);
    let transaction = billing.transaction().create(&run, Vec::new());
    let transaction = parts
        .iter()
        .fold(transaction, |transaction, part| transaction.create(part, vec![PartEvent::Due { step: part.step }]));
    transaction.commit().await?;
    // Whether it was this start or another one that began it.
    let begun = billing.get::<Run>(&run_key(period)).await?;
    begun
        .map(|run| run.value)
        .ok_or_else(|| Error::broken(format!("the run of {period} was not begun")))
}

/// Announces the next pages of a run once more, of the parts that have not moved for long.
async fn push_on(billing: &Table, run: Stored<Run>, now: Timestamp) -> Result<(), Error> {
    let period = run.value.period;
    for number in 0..PARTS {
        let Some(part) = billing.get::<Part>(&part_key(period, number)).await? else {
            continue;
        };
        if let Some((pushed, events)) = part.value.pushed(now) {
            // Should it move at this very moment, it needs no push.
            billing.replace(&part, pushed, events).await?;
        }
    }
    let looked_at = run.value.looked_at(now);
    billing.replace(&run, looked_at, Vec::new()).await.map(drop)
}
