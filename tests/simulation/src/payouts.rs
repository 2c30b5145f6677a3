//! A week's payouts while those who make them are killed at every boundary: everybody is paid once.

use crate::invariants::{ledger, money};
use crate::look::{of_kind, rows};
use crate::people::tell;
use billing::calendar::Calendar;
use billing::payout::{Payout, Standing};
use billing::run::Run;
use contracts::jobs::JobCompleted;
use kernel::{AccountId, Currency, JobId, Money, RequestId, ServiceId, Timestamp};
use local::cloud::Cloud;
use local::simulation::{Random, Request, Simulation, Strike, Workload};
use local::trigger::HttpResponse;
use platform::Figure;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How many begin each piece of work at once.
pub const RUNNERS: usize = 3;
/// So many jobs are told of at a time.
const AT_ONCE: usize = 50;
/// How many clients had all the jobs done.
const CLIENTS: u32 = 10;
/// In how many hours all of it is over.
const HOURS: usize = 72;
const HOUR: Duration = Duration::from_secs(3600);

/// What a week came to.
#[derive(Debug)]
pub struct Paid {
    /// How many workers were to be paid.
    pub workers: u32,
    /// How many transfers the provider made.
    pub transfers: usize,
    /// How many invocations there were.
    pub invocations: u64,
    /// How many of them were killed.
    pub kills: u64,
    /// What does not hold.
    pub violations: Vec<String>,
}

/// Nobody asks for anything; everybody is to be paid.
struct Payroll {
    cloud: Arc<Cloud>,
    workers: u32,
}

/// What worker `n` has earned: 60 % of this, which no provider fails.
fn price(n: u32) -> i64 {
    10_000 + 100 * i64::from(n)
}

impl Payroll {
    fn tell(&self, n: u32, now: Timestamp) -> Result<(), String> {
        let id = u128::from(n) + 1;
        let done = JobCompleted {
            job: JobId::from_bits(id),
            request: RequestId::from_bits(id),
            attempt: 1,
            client: AccountId::from_bits(u128::from(n % CLIENTS) + 1),
            worker: AccountId::from_bits(10_000 + id),
            service: ServiceId::from_bits(1),
            price: Money::new(price(n), Currency::RUB),
            ended_at: now,
        };
        tell(&self.cloud, done, now)
    }

    /// Whether the run is finished and nothing is under way.
    fn is_over(&self) -> Result<bool, String> {
        let billing = rows(&self.cloud, "billing")?;
        let (runs, payouts): (Vec<Run>, Vec<Payout>) = (of_kind(&billing)?, of_kind(&billing)?);
        let is_finished = runs.iter().any(|run| run.finished_at.is_some());
        Ok(is_finished && payouts.iter().all(|payout| payout.standing() != Standing::Pending))
    }

    fn look(&self, simulation: &Simulation, violations: &mut Vec<String>) -> Result<(), String> {
        let billing = rows(&self.cloud, "billing")?;
        ledger::sound(&billing, simulation, violations)?;
        money::paid_out(&billing, simulation, violations)?;
        let payouts: Vec<Payout> = of_kind(&billing)?;
        let paid: BTreeMap<AccountId, i64> = payouts
            .iter()
            .filter(|payout| payout.standing() == Standing::Paid)
            .map(|payout| (payout.worker, payout.amount.amount_minor))
            .collect();
        let earned = |n| (AccountId::from_bits(10_001 + u128::from(n)), price(n) * 60 / 100);
        if paid != (0..self.workers).map(earned).collect() {
            violations.push(format!("{} of {} were paid what they earned", paid.len(), self.workers));
        }
        Ok(())
    }
}

impl Workload for Payroll {
    fn next(&mut self, _: &mut Random, _: Timestamp) -> Option<Request> {
        None
    }

    fn answered(&mut self, _: u64, _: Option<HttpResponse>) {}

    fn violations(&self, simulation: &Simulation) -> Vec<String> {
        let mut violations = Vec::new();
        let looked = self.look(simulation, &mut violations);
        violations.extend(looked.err());
        violations
    }
}

/// So many workers earn something in a week, and its run is begun by several at once, who are killed at every boundary.
pub fn play(seed: u64, workers: u32) -> Result<Paid, String> {
    let mut simulation = Simulation::new(seed, crate::only(&["billing"]), false, |inner| inner)?;
    let cloud = simulation.cloud.clone();
    let mut payroll = Payroll { cloud: cloud.clone(), workers };
    let all: Vec<u32> = (0..workers).collect();
    for some in all.chunks(AT_ONCE) {
        some.iter().try_for_each(|n| payroll.tell(*n, simulation.now()))?;
        simulation.requests(&mut payroll, Vec::new());
    }
    let calendar = Calendar::read(Calendar::DEFAULT)?;
    let mut at = calendar.run_of(calendar.period_of(simulation.now()));
    simulation.kill_runners(RUNNERS);
    for _ in 0..HOURS {
        let functions = [["begin-run"; RUNNERS], ["poll-payouts"; RUNNERS]].concat();
        simulation.strikes(&mut payroll, &Strike { at, functions }, Vec::new(), HOUR);
        if payroll.is_over()? {
            break;
        }
        at = simulation.now().after(HOUR);
    }
    simulation.kill_runners(0);
    let kills = simulation.kills();
    let outcome = simulation.end(&mut payroll);
    let transfers = cloud.sandboxes().kept("golden-hat").len();
    Ok(Paid {
        workers,
        transfers,
        invocations: outcome.invocations,
        kills,
        violations: outcome.violations,
    })
}
