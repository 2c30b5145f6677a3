//! How people of a club train.

use super::opening::{PROGRAMME, day};
use super::{Club, Errand, PEOPLE, member, principal};
use crate::commands::Command;
use kernel::{AccountId, EnrolmentId, Principal, Timestamp, WorkoutId};
use local::simulation::Random;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: u64 = 86_400;

impl Club {
    /// A person begins the programme today.
    pub(super) fn enrol(&mut self, random: &mut Random, now: Timestamp) -> Errand {
        self.enrolment(member(random.between(1, PEOPLE)), now)
    }

    pub(super) fn enrolment(&mut self, who: Principal, now: Timestamp) -> Errand {
        let clock = json!({ "zone": "UTC", "at": "22:00", "remind_minutes": 60 });
        let body = json!({ "programme": PROGRAMME, "start": day(now), "clock": clock });
        Errand::of(self.command("enrol", "POST /v1/training/enrolments", who, body))
    }

    fn somebodys_run(&self, random: &mut Random) -> Option<(EnrolmentId, AccountId)> {
        let runs: Vec<_> = self.runs.iter().map(|(run, person)| (*run, *person)).collect();
        random.pick(&runs).copied()
    }

    fn change(
        &mut self,
        (run, person): (EnrolmentId, AccountId),
        what: (&'static str, &'static str),
        body: Value,
    ) -> Errand {
        let command = self.command(what.0, what.1, principal(person), body);
        Errand::of(Command { path: Some(("enrolment", run.to_string())), ..command })
    }

    /// A person leaves a session out.
    pub(super) fn skip(&mut self, random: &mut Random) -> Option<Errand> {
        let run = self.somebodys_run(random)?;
        let body = json!({ "week": 1, "session": random.between(1, 3) });
        Some(self.change(run, ("skip-session", "POST /v1/training/enrolments/{enrolment}/skips"), body))
    }

    /// A person moves a session.
    pub(super) fn postpone(&mut self, random: &mut Random, now: Timestamp) -> Option<Errand> {
        let run = self.somebodys_run(random)?;
        let to = day(now.after(Duration::from_secs(DAY * u64::from(random.between(0, 2)))));
        let body = json!({ "week": 1, "session": random.between(1, 3), "day": to });
        Some(self.change(run, ("move-session", "POST /v1/training/enrolments/{enrolment}/moves"), body))
    }

    /// A person writes down a workout, of a session or not.
    pub(super) fn write_down(&mut self, random: &mut Random, now: Timestamp) -> Errand {
        let run = self.somebodys_run(random).filter(|_| random.chance(70));
        let who = run.map_or_else(|| member(random.between(1, PEOPLE)), |(_, person)| principal(person));
        let started = Timestamp::from_millis(now.as_millis() - i64::from(random.between(1, 300)) * 60_000);
        let mut body = json!({ "started_at": started, "zone": "UTC", "sport": "cycling", "minutes": 45 });
        if let Some((run, _)) = run {
            body["planned"] = json!({ "enrolment": run, "week": 1, "session": random.between(1, 3) });
        }
        Errand::of(self.command("log-workout", "POST /v1/training/workouts", who, body))
    }

    /// A person takes back what was written down.
    pub(super) fn take_back(&mut self, random: &mut Random) -> Option<Errand> {
        let written: Vec<WorkoutId> = self.written.keys().copied().collect();
        let id = *random.pick(&written)?;
        let written = self.written.get_mut(&id)?;
        written.in_doubt = true;
        let who = principal(written.person);
        let command = self.command("delete-workout", "DELETE /v1/training/workouts/{workout}", who, Value::Null);
        Some(Errand::of(Command { path: Some(("workout", id.to_string())), ..command }))
    }

    /// A person says by what efforts are measured.
    pub(super) fn set_thresholds(&mut self, random: &mut Random) -> Errand {
        let heart = json!({ "resting": 50, "maximum": 190, "curve": "women" });
        let body = json!({ "power_w": random.between(150, 300), "heart": heart });
        let who = member(random.between(1, PEOPLE));
        Errand::of(self.command("set-thresholds", "PUT /v1/training/thresholds", who, body))
    }
}
