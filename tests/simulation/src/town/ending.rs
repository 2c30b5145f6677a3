//! How a town comes to its end: every deadline passes, and every week is run.

use super::Town;
use crate::look::{self, rows};
use billing::balance::Week;
use billing::calendar::Period;
use billing::run::Run;
use kernel::Timestamp;
use local::simulation::{Simulation, Strike};
use matching::request::Request;
use matching::worker::Worker;
use std::collections::BTreeSet;
use std::time::Duration;

/// What is due in each context's table, by why it waits; and who looks at it, so long after that.
const SWEEPERS: [(&str, &str, &str, u64); 10] = [
    ("billing", billing::adjustment::WAITING, "lapse-adjustments", 0),
    ("billing", billing::payout::WAITING, "poll-payouts", 0),
    ("billing", billing::run::WAITING, "begin-run", 0),
    ("jobs", jobs::job::WAITING, "close-missed-jobs", 0),
    ("matching", matching::request::WAITING, "match-waiting", 0),
    ("matching", matching::worker::LISTED, "unlist-workers", 0),
    ("payments", payments::payment::WAITING, "poll-payments", 0),
    ("payments", payments::method::WAITING, "poll-payments", 0),
    ("supplies", supplies::cookie::WAITING, "poll-cookies", 0),
    ("supplies", supplies::draw::WAITING, "sweep-draws", 86_400),
];
/// More strikes than any town needs to come to its end.
const STRIKES: u64 = 120;
/// What follows from a strike has followed by then.
const MINUTES: Duration = Duration::from_secs(10 * 60);
/// How much later each strike comes than what is due: what is looked at again and again is over in a few of them.
const LATER: u64 = 120;

impl Town {
    /// Lets every deadline pass, one after the other, and every week be run in which something happened.
    pub(super) fn come_to_an_end(&mut self, simulation: &mut Simulation) {
        self.slots(simulation.now());
        let last = self.calendar.period_of(simulation.now()).next();
        for n in 0..STRIKES {
            let (due, functions) = self.due(simulation.now().after(Duration::from_secs(LATER * n)));
            let week = self.open_week(last);
            let run = week.map(|week| self.calendar.run_of(week));
            match (due, week, run) {
                (None, None, _) => return,
                (due, Some(week), Some(run)) if due.is_none_or(|due| run <= due) => {
                    self.run(simulation, week, run);
                }
                (due, _, run) => {
                    // Weeks are run in their order.
                    let at = due.map(|due| due.after(Duration::from_secs(LATER * n)));
                    let at = at.into_iter().chain(run).min().unwrap_or(simulation.now());
                    simulation.strikes(self, &Strike { at, functions }, Vec::new(), MINUTES);
                }
            }
        }
        self.surprises.push(format!("the town does not come to its end: {:?}", self.due(simulation.now())));
    }

    /// A week's run begins: by the clock, or by a manager if the clock missed it.
    fn run(&mut self, simulation: &mut Simulation, week: Period, run: Timestamp) {
        let now = simulation.now();
        if now <= run {
            return simulation.strikes(self, &Strike { at: run, functions: vec!["begin-run"] }, Vec::new(), MINUTES);
        }
        let command = self.start_run(&week.to_string());
        let requests = vec![self.request(command, now)];
        simulation.requests_within(MINUTES, self, requests);
        let known: Vec<Run> = look::all(&self.cloud, "billing");
        if known.iter().any(|run| run.period == week && run.finished_at.is_none()) {
            simulation.strikes(
                self,
                &Strike { at: now.after(MINUTES * 4), functions: vec!["begin-run"] },
                Vec::new(),
                MINUTES,
            );
        }
    }

    /// When the first thing is due, and who is to look at what is due by `then`.
    fn due(&self, then: Timestamp) -> (Option<Timestamp>, Vec<&'static str>) {
        let mut found: Vec<(Timestamp, &'static str)> = Vec::new();
        for context in ["billing", "jobs", "matching", "payments", "supplies"] {
            for row in rows(&self.cloud, context).unwrap_or_default() {
                let text = |name: &str| row.item[name]["S"].as_str();
                let (Some(waiting), Some(due)) = (text("waiting"), text("due").and_then(|due| due.parse().ok())) else {
                    continue;
                };
                let sweeper = SWEEPERS.iter().find(|(of, why, ..)| (*of, *why) == (context, waiting));
                let due: Timestamp = due;
                found.extend(sweeper.map(|(_, _, name, after)| (due.after(Duration::from_secs(*after)), *name)));
            }
        }
        let first = found.iter().map(|(due, _)| *due).min();
        let by = first.map_or(then, |first| first.max(then));
        let names: BTreeSet<_> = found.iter().filter(|(due, _)| *due <= by).map(|(_, name)| *name).collect();
        (first, names.into_iter().collect())
    }

    /// The first week until `last` in which something happened and which is not closed.
    fn open_week(&self, last: Period) -> Option<Period> {
        let weeks: Vec<Week> = look::all(&self.cloud, "billing");
        let open = weeks.iter().filter(|week| week.closed_at.is_none() && week.period <= last);
        open.map(|week| week.period).min()
    }

    /// Exactly the slots are taken that requests hold. What is over may be forgotten.
    fn slots(&mut self, now: Timestamp) {
        let workers: Vec<Worker> = look::all(&self.cloud, "matching");
        let requests: Vec<Request> = look::all(&self.cloud, "matching");
        let mut held = BTreeSet::new();
        for request in &requests {
            held.extend(request.held().map(|held| (held.worker, held.slot, request.id, request.attempt, held.until)));
        }
        let mut taken = BTreeSet::new();
        for worker in &workers {
            for slot in &worker.slots {
                let by = slot.taken.as_ref();
                taken.extend(by.map(|by| (worker.account, slot.id, by.request, by.attempt, by.until)));
            }
        }
        let wrong = held.symmetric_difference(&taken).filter(|(.., until)| *until > now);
        let wrong: Vec<String> = wrong.map(|slot| format!("a slot is taken by halves: {slot:?}")).collect();
        self.surprises.extend(wrong);
    }
}
