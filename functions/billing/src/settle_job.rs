//! A job ended: its client owes for it, its worker earned something or is fined.
//!
//! Consumes `jobs.job-completed.v1`, `jobs.job-cancelled.v1`, `jobs.job-failed.v1` and `jobs.job-missed.v1`. A job is
//! settled once, by its first ending, however often and in whatever order it is told. Whatever the ending, the client owes
//! the list price, less the discount by what the client has paid by now. The worker earns a share if the job was
//! completed, nothing if it was cancelled, and is fined if it failed or was missed ([`tariff`](crate::tariff)). Followed by `billing.job-settled.v1`.

use crate::balance::Balance;
use crate::calendar::Calendar;
use crate::ledger::{Fact, Personal, Side};
use crate::posting::{Outcome, Txn, enter};
use crate::store::{balance_key, txn_key};
use crate::tariff::{Discounts, Ending, Settlement, Shares};
use contracts::jobs::{JobCancelled, JobCompleted, JobFailed, JobMissed};
use kernel::{AccountId, JobId, Money};
use platform::{Error, Function, Now, On, Setting, Table, events};

contracts::one_of! {
    /// How a job may end.
    pub enum JobEnded {
        JobCompleted,
        JobCancelled,
        JobFailed,
        JobMissed,
    }
}

/// What matters of an ending.
struct Ended {
    job: JobId,
    client: AccountId,
    worker: AccountId,
    price: Money,
    ending: Ending,
}

/// On the end of a job
pub fn function() -> Function {
    events::on(settle_job)
}

/// Prices the job and enters it, unless that was done before.
pub async fn settle_job(
    ended: On<JobEnded>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    Setting(discounts): Setting<Discounts>,
    Setting(shares): Setting<Shares>,
    billing: Table,
) -> Result<(), Error> {
    let Ended { job, client, worker, price, ending } = ended.event.read();
    if price.amount_minor < 0 {
        return Err(Error::broken(format!("{job} has a price below zero")));
    }
    let account = Personal { owner: client, side: Side::Client, currency: price.currency };
    let known = txn_key(&format!("job/{job}"));
    let (known, balance) =
        platform::both(billing.get::<Txn>(&known), billing.get::<Balance>(&balance_key(account))).await?;
    if known.is_some() {
        return Ok(());
    }
    let paid = balance.map_or_else(|| Balance::empty(account), |balance| balance.value).paid();
    let settlement = Settlement::of(price, ending, paid, &discounts, &shares);
    let entry = settlement.entry(client, worker).map_err(Error::broken)?;
    let Settlement { charge, accrual, fine } = settlement;
    let fact = Fact::Job { job, client, charge, worker, accrual, fine };
    match enter(&billing, Txn::new(fact, entry, now, calendar.period_of(now)), |transaction| transaction).await? {
        Outcome::Done | Outcome::Known => Ok(()),
        Outcome::Short | Outcome::Changed => Err(Error::broken(format!("{job} is refused without a reason"))),
    }
}

impl JobEnded {
    fn read(&self) -> Ended {
        macro_rules! ended {
            ($event:ident, $ending:ident) => {
                Ended {
                    job: $event.job,
                    client: $event.client,
                    worker: $event.worker,
                    price: $event.price,
                    ending: Ending::$ending,
                }
            };
        }
        match self {
            JobEnded::JobCompleted(event) => ended!(event, Completed),
            JobEnded::JobCancelled(event) => ended!(event, Cancelled),
            JobEnded::JobFailed(event) => ended!(event, Failed),
            JobEnded::JobMissed(event) => ended!(event, Failed),
        }
    }
}
