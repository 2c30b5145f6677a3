//! Matching, from a worker's hiring to the end of a job.

use super::measure::{Till, expect};
use contracts::Event;
use contracts::hiring::WorkerHired;
use contracts::jobs::JobCompleted;
use contracts::services::{RequestCancelled, ServiceRequested};
use kernel::{
    AccountId, ApplicationId, Currency, JobId, Money, Place, Principal, RequestId, Role, ServiceId, Text, Timestamp,
};
use local::testing::event;
use serde_json::json;
use std::time::Duration;

/// As many as a decision looks at in the fine grid.
const WORKERS: u128 = 32;
const HERE: Place = Place { latitude_e7: 557_500_000, longitude_e7: 376_100_000 };
const CLIENT: AccountId = AccountId::from_bits(1);
const HOUR: Duration = Duration::from_secs(3600);

impl Till {
    /// Among as many workers as a decision looks at, each with two skills, a slot on each of the next days, in two to four
    /// cells: hiring, availability, a match, its cancellation, and another one that is done.
    pub(super) fn matching(&mut self) -> Result<(), String> {
        for n in 1..WORKERS {
            self.hire(n)?;
            self.free(n)?;
        }
        self.stage.costs();
        self.hire(0)?;
        self.note("keep-worker", "keep-worker");
        self.free(0)?;
        self.note("set-availability, 5 slots, 12 entries", "set-availability");
        self.wish(1)?;
        self.note("decide-request, of 32 workers", "decide-request");
        self.deliver(
            "cancel-match",
            &RequestCancelled {
                request: RequestId::from_bits(1),
                client: CLIENT,
                attempt: None,
            },
        )?;
        self.note("cancel-match", "cancel-match");
        self.deliver("note-job", &self.completed())?;
        self.note("note-job", "note-job");
        Ok(())
    }

    fn hire(&self, n: u128) -> Result<(), String> {
        let mut skills = kernel::Skills::new();
        for (name, level) in [("windows", 3), ("floors", 2)] {
            skills.insert(Text::new(name)?, level);
        }
        let hired = WorkerHired {
            application: ApplicationId::from_bits(n),
            worker: worker(n),
            skills,
            strengths: Vec::new(),
            weaknesses: Vec::new(),
        };
        self.deliver("keep-worker", &hired)
    }

    fn free(&self, n: u128) -> Result<(), String> {
        let now = self.stage.now().as_millis();
        let midnight = Timestamp::from_millis(now - now % 86_400_000);
        let slots: Vec<_> = (1..6_u32)
            .map(|day| json!({ "from": midnight.after(HOUR * (24 * day + 9)), "until": midnight.after(HOUR * (24 * day + 12)) }))
            .collect();
        let body = json!({ "base": HERE, "radius_m": 5000, "speed_kmh": 20, "slots": slots });
        let role = Principal { account: worker(n), roles: vec![Role::Worker] };
        expect(200, self.stage.ask("set-availability").by(&role).send(&body)).map(drop)
    }

    fn wish(&self, n: u128) -> Result<(), String> {
        let now = self.stage.now();
        let asked = ServiceRequested {
            request: RequestId::from_bits(n),
            client: CLIENT,
            service: ServiceId::from_bits(10),
            price: Money::new(10_000, Currency::RUB),
            skills: [(Text::new("windows")?, 1)].into(),
            duration_min: 60,
            place: HERE,
            from: now,
            until: now.after(HOUR * 48),
            requested_at: now,
        };
        self.deliver("decide-request", &asked)
    }

    fn completed(&self) -> JobCompleted {
        JobCompleted {
            job: JobId::from_bits(1),
            request: RequestId::from_bits(2),
            attempt: 1,
            client: CLIENT,
            worker: worker(1),
            service: ServiceId::from_bits(10),
            price: Money::new(10_000, Currency::RUB),
            ended_at: self.stage.now(),
        }
    }

    fn deliver<E: Event>(&self, function: &str, data: &E) -> Result<(), String> {
        match self.stage.deliver(function, &event(&self.stage, data, 1, 1)) {
            true => Ok(()),
            false => Err(format!("{function} failed")),
        }
    }
}

fn worker(n: u128) -> AccountId {
    AccountId::from_bits(500 + n)
}
