//! How the clock of a town moves: to what people wait for, and to the end of the week.

use super::Town;
use super::opening::Done;
use crate::look;
use jobs::job::{Job, State};
use kernel::Timestamp;
use local::simulation::{Random, Strike};
use std::time::Duration;

/// Of so many percent of what people could do the clock strikes instead.
const STRIKES: u32 = 14;
/// Within so long before a week's run the clock mostly moves there.
const EVE: Duration = Duration::from_secs(86_400);
/// So long before its time a job can be begun, in milliseconds.
const HALF_AN_HOUR: i64 = 1_800_000;

impl Town {
    /// Where the clock strikes next, if it does now.
    pub(super) fn next_strike(&mut self, random: &mut Random, now: Timestamp) -> Option<Strike> {
        if !random.chance(STRIKES) {
            return None;
        }
        let in_seconds = |seconds: u32| now.after(Duration::from_secs(seconds.into()));
        let jobs: Vec<Job> = look::all(&self.cloud, "jobs");
        let is_here = |job: &&Job| job.state == State::Assigned && job.due.is_some_and(|due| due > now);
        let (waiting, beginning): (Vec<&Job>, Vec<&Job>) =
            jobs.iter().filter(is_here).partition(|job| job.from.as_millis() > now.as_millis() + HALF_AN_HOUR);
        // Mostly nobody lets the time pass in which a job can be begun.
        let patience = if beginning.is_empty() || random.chance(15) { 1 } else { 0 };
        let idle = if waiting.is_empty() { patience } else { 0 };
        let run = self.calendar.run_of(self.calendar.due_at(now).next());
        let ending = match (run <= now.after(EVE), self.chapter.done) {
            // What such a history is about comes while there are faults, whatever else waits.
            (true, Done::Worked) => 40,
            (true, _) => 30 * idle,
            (false, _) => idle,
        };
        let (at, functions) = match random.weighted(&[8, 8 * patience, 2 * patience, 8, ending, 3 * idle, idle]) {
            0 => (in_seconds(random.between(30, 300)), vec!["match-waiting"]),
            1 => (waiting.iter().map(|job| before(job)).min()?, vec!["match-waiting"]),
            2 => (jobs.iter().filter_map(|job| job.due).filter(|due| *due > now).min()?, vec!["close-missed-jobs"]),
            3 => {
                let here = [
                    "poll-payouts",
                    "poll-cookies",
                    "poll-payments",
                    "begin-run",
                    "close-missed-jobs",
                ];
                (now, vec![*random.pick(&here)?; 1 + random.below(2)])
            }
            // Some starts are doubled, some are missed.
            4 => {
                let starts = random.weighted(&[1, 4, 3]);
                (run.after(Duration::from_millis(random.between(0, 90_000).into())), vec!["begin-run"; starts])
            }
            5 => (in_seconds(random.between(3_700, 8_000)), vec!["poll-payouts", "poll-payments", "begin-run"]),
            _ => (in_seconds(random.between(80_000, 90_000)), vec!["poll-payouts", "sweep-draws", "reorder-supplies"]),
        };
        Some(Strike { at, functions })
    }
}

/// Shortly before a job begins.
fn before(job: &Job) -> Timestamp {
    Timestamp::from_millis(job.from.as_millis() - HALF_AN_HOUR / 3)
}
