//! How the clock of a town moves: to what people wait for, and to the end of the week.

use super::Town;
use crate::look;
use jobs::job::{Job, State};
use kernel::Timestamp;
use local::simulation::{Random, Strike};
use std::time::Duration;

/// Of so many percent of what people could do the clock strikes instead.
const STRIKES: u32 = 14;
/// Within so long before a week's run the clock mostly moves there.
const EVE: Duration = Duration::from_secs(86_400);

impl Town {
    /// Where the clock strikes next, if it does now.
    pub(super) fn next_strike(&mut self, random: &mut Random, now: Timestamp) -> Option<Strike> {
        if !random.chance(STRIKES) {
            return None;
        }
        let in_seconds = |seconds: u32| now.after(Duration::from_secs(seconds.into()));
        let run = self.calendar.run_of(self.calendar.due_at(now).next());
        let ending = if run <= now.after(EVE) { 30 } else { 1 };
        let (at, functions) = match random.weighted(&[8, 6, 3, 8, ending, 3, 1]) {
            0 => (in_seconds(random.between(30, 300)), vec!["match-waiting"]),
            1 => (self.next_job(now)?, vec!["match-waiting"]),
            2 => (self.next_deadline(now)?, vec!["close-missed-jobs"]),
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

    /// Shortly before the next job begins.
    fn next_job(&self, now: Timestamp) -> Option<Timestamp> {
        let jobs: Vec<Job> = look::all(&self.cloud, "jobs");
        let assigned = jobs.iter().filter(|job| job.state == State::Assigned);
        let before = assigned.map(|job| Timestamp::from_millis(job.from.as_millis() - 600_000));
        before.filter(|at| *at > now).min()
    }

    /// When the next worker has not come.
    fn next_deadline(&self, now: Timestamp) -> Option<Timestamp> {
        let jobs: Vec<Job> = look::all(&self.cloud, "jobs");
        jobs.iter().filter_map(|job| job.due).filter(|due| *due > now).min()
    }
}
