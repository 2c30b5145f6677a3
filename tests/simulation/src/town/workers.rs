//! What workers of a town do: they say when they are free, answer offers, and work, or do not.

use super::{Town, WORKERS, worker};
use crate::commands::Command;
use crate::look;
use jobs::job::{Job, State};
use kernel::{AccountId, PhotoId, Principal, Role, Timestamp};
use local::services::s3::Uploaded;
use local::simulation::Random;
use matching::request::{Request, Standing};
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: u64 = 3600;

impl Town {
    /// A worker says when the worker is free.
    pub(super) fn set_availability(&mut self, random: &mut Random, now: Timestamp) -> Command {
        let hours = [random.between(0, 2), random.between(5, 6)];
        self.free(worker(random.between(1, WORKERS)), hours.map(u64::from), now)
    }

    /// A worker is free for three hours from each of these hours on.
    pub(super) fn free(&mut self, who: Principal, hours: [u64; 2], now: Timestamp) -> Command {
        let whole = |hours: u64| {
            let at = now.after(Duration::from_secs(HOUR * hours)).as_millis();
            Timestamp::from_millis(at - at % 60_000 + 60_000)
        };
        let slots: Vec<Value> =
            hours.iter().map(|hour| json!({ "from": whole(*hour), "until": whole(hour + 3) })).collect();
        let body = json!({
            "base": { "latitude_e7": 557_520_000, "longitude_e7": 376_175_000 }, "radius_m": 5000, "slots": slots,
        });
        self.command("set-availability", "PUT /v1/workers/me/availability", who, body)
    }

    pub(super) fn answer_offer(&mut self, random: &mut Random) -> Option<Command> {
        let requests: Vec<Request> = look::all(&self.cloud, "matching");
        let offers: Vec<_> = requests
            .iter()
            .filter_map(|request| match request.standing {
                Standing::Offered { held, offer } => Some((held.worker, offer)),
                _ => None,
            })
            .collect();
        let (account, offer) = *random.pick(&offers)?;
        let (function, route) = match random.chance(60) {
            true => ("accept-offer", "POST /v1/offers/{offer}/accept"),
            false => ("decline-offer", "POST /v1/offers/{offer}/decline"),
        };
        let command = self.command(function, route, of(account), Value::Null);
        Some(Command { path: Some(("offer", offer.to_string())), ..command })
    }

    /// A worker goes on with a job: mostly one that is to be done now.
    pub(super) fn work(&mut self, random: &mut Random, now: Timestamp) -> Option<Command> {
        let jobs: Vec<Job> = look::all(&self.cloud, "jobs");
        let all: Vec<&Job> = jobs.iter().collect();
        let is_active = |job: &&Job| match job.state {
            State::Assigned => !job.is_due(now),
            state => state == State::Started,
        };
        let active: Vec<&Job> = jobs.iter().filter(is_active).collect();
        let some = if random.chance(85) { &active } else { &all };
        let job = *random.pick(some)?;
        let soon = job.from <= now.after(Duration::from_secs(HOUR / 2));
        let step = match job.state {
            State::Assigned if !job.supplied && random.chance(70) => "request-supplies",
            State::Assigned if soon && random.chance(90) => "start-job",
            State::Assigned if random.chance(80) => return None,
            State::Assigned => "withdraw-job",
            _ if random.chance(70) => "finish-job",
            _ => "fail-job",
        };
        Some(self.step(job, step))
    }

    /// A step of a job's worker. Photos are uploaded before.
    pub(super) fn step(&mut self, job: &Job, step: &'static str) -> Command {
        let photo = PhotoId::from_bits(self.next_tag.into());
        if ["start-job", "finish-job"].contains(&step) {
            let place = format!("local-job-photos/{}", jobs::photo::place(job.id, photo));
            let picture = Uploaded {
                content_type: "image/jpeg".to_owned(),
                bytes: b"jpg".to_vec(),
            };
            self.cloud.objects().uploaded.insert(place, picture);
        }
        let (route, body) = match step {
            "start-job" => ("POST /v1/jobs/{job}/start", json!({ "photo": photo, "confirmed": true })),
            "finish-job" => ("POST /v1/jobs/{job}/finish", json!({ "photo": photo })),
            "fail-job" => ("POST /v1/jobs/{job}/fail", json!({ "reason": "No ladder" })),
            "withdraw-job" => ("POST /v1/jobs/{job}/withdraw", json!({})),
            _ => ("POST /v1/jobs/{job}/supplies", Value::Null),
        };
        let command = self.command(step, route, of(job.worker), body);
        Command { path: Some(("job", job.id.to_string())), ..command }
    }
}

fn of(account: AccountId) -> Principal {
    Principal { account, roles: vec![Role::Worker] }
}
