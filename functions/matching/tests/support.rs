//! What the tests of matching share: a town with workers and clients, and what other contexts say of them.

use contracts::hiring::WorkerHired;
use contracts::jobs::{Finding, JobCompleted, JobFailed, JobMissed, JobReviewed, JobStarted, JobWithdrawn};
use contracts::services::{RequestCancelled, ServiceRequested};
use kernel::{
    AccountId, ApplicationId, Currency, JobId, Money, Place, Principal, RequestId, Role, ServiceId, Skills, Text,
    Timestamp,
};
use local::faults::Fate;
use local::outside::{OutsideCall, Service};
use local::stage::Stage;
use local::testing::{caller, event, item};
use local::trigger::HttpResponse;
use matching::request::{Held, Request, Standing};
use matching::store::{Decided, request_key, worker_key};
use matching::worker::Worker;
use platform::Key;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub use local::testing::{announced, kinds, writes};

pub const MATCHED: &str = "matching.request-matched.v1";
pub const WAITING: &str = "matching.request-waiting.v1";
pub const UNMATCHED: &str = "matching.request-unmatched.v1";
pub const ENDED: &str = "matching.match-ended.v1";
pub const OFFERED: &str = "matching.offer-made.v1";
pub const OFFER_ENDED: &str = "matching.offer-ended.v1";
pub const CHANGED: &str = "matching.pipeline-changed.v1";

/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";
pub const HOUR: Duration = Duration::from_secs(3600);
pub const MINUTE: Duration = Duration::from_secs(60);

/// Where everybody is: the Kremlin.
pub const HERE: Place = Place { latitude_e7: 557_520_000, longitude_e7: 376_175_000 };

/// So many metres to the north of it.
pub fn north(metres: i32) -> Place {
    Place { latitude_e7: HERE.latitude_e7 + metres * 90, ..HERE }
}

/// Worker number `n`.
pub fn worker(n: u128) -> Principal {
    caller(100 + n, Role::Worker)
}

/// The account of worker `n`.
pub fn id_of(n: u128) -> AccountId {
    worker(n).account
}

/// Who matches by hand.
pub fn manager() -> Principal {
    caller(3, Role::Manager)
}

/// Whose requests they are.
pub fn client() -> AccountId {
    AccountId::from_bits(1)
}

pub fn request(n: u128) -> RequestId {
    RequestId::from_bits(n)
}

pub fn job(n: u128) -> JobId {
    JobId::from_bits(n)
}

/// Skills by name.
pub fn skills(skills: &[(&str, u8)]) -> Skills {
    skills.iter().map(|(name, level)| (Text::new(name).unwrap(), *level)).collect()
}

/// A town without workers.
pub fn town() -> Stage {
    Stage::new(vec![matching::context()]).unwrap()
}

/// What hiring says of worker `n`.
pub fn hired(n: u128, masters: &[(&str, u8)]) -> WorkerHired {
    WorkerHired {
        application: ApplicationId::from_bits(n),
        worker: id_of(n),
        skills: skills(masters),
        strengths: Vec::new(),
        weaknesses: Vec::new(),
    }
}

/// Worker `n` is hired to clean windows.
pub fn hire(stage: &Stage, n: u128) {
    assert!(stage.deliver("keep-worker", &event(stage, &hired(n, &[("windows", 3)]), 1, 1)));
}

/// A moment, in hours from the beginning of all stages.
pub fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000 + hours * 3_600_000)
}

/// A worker's availability, free in these hours.
pub fn availability(place: Place, hours: &[(i64, i64)]) -> Value {
    let slots: Vec<Value> =
        hours.iter().map(|(from, until)| json!({ "from": at(*from), "until": at(*until) })).collect();
    json!({ "base": place, "radius_m": 5000, "slots": slots })
}

/// Worker `n` says when the worker is free.
pub fn set(stage: &Stage, n: u128, availability: &Value) -> HttpResponse {
    stage.ask("set-availability").by(&worker(n)).send(availability)
}

/// Worker `n` is hired and free in these hours.
pub fn free(stage: &Stage, n: u128, place: Place, hours: &[(i64, i64)]) {
    hire(stage, n);
    let answer = set(stage, n, &availability(place, hours));
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// A town with so many workers, each free in the hours 1 to 4; the first is the nearest.
pub fn town_with(workers: u128) -> Stage {
    let stage = town();
    for n in 1..=workers {
        free(&stage, n, north(100 * i32::try_from(n).unwrap()), &[(1, 4)]);
    }
    stage.calls();
    stage
}

/// Request `n`: an hour's work, to begin in the hours 1 to 3.
pub fn asked(n: u128) -> ServiceRequested {
    ServiceRequested {
        request: request(n),
        client: client(),
        service: ServiceId::from_bits(10),
        price: Money::new(10_000, Currency::RUB),
        skills: skills(&[("windows", 1)]),
        duration_min: 60,
        place: HERE,
        from: at(1),
        until: at(3),
        requested_at: at(0),
    }
}

/// Request `n` is placed; whether that was dealt with.
pub fn place(stage: &Stage, n: u128) -> bool {
    stage.deliver("decide-request", &event(stage, &asked(n), 1, 1))
}

/// Request `n` is cancelled; whether that was dealt with.
pub fn cancel(stage: &Stage, n: u128) -> bool {
    let cancelled = RequestCancelled { request: request(n), client: client(), attempt: None };
    stage.deliver("cancel-match", &event(stage, &cancelled, 1, 2))
}

/// Worker `n` withdraws from this attempt at request 1; whether that was dealt with.
pub fn withdraw(stage: &Stage, n: u128, attempt: u32) -> bool {
    let withdrawn = JobWithdrawn {
        job: job(attempt.into()),
        request: request(1),
        attempt,
        worker: id_of(n),
    };
    stage.deliver("withdraw-match", &event(stage, &withdrawn, 1, 3))
}

/// Worker `n` begins this attempt at request 1; whether that was dealt with.
pub fn begin(stage: &Stage, n: u128, attempt: u32) -> bool {
    let (job, request, client, worker) = (job(attempt.into()), request(1), client(), id_of(n));
    let started = JobStarted { job, request, attempt, client, worker };
    stage.deliver("mark-final", &event(stage, &started, 1, 4))
}

/// The parts of how job `j` of worker `n` for the client ended.
macro_rules! ended {
    ($name:ident, $event:ident) => {
        pub fn $name(stage: &Stage, j: u128, n: u128) -> Value {
            let ended = $event {
                job: job(j),
                request: request(j),
                attempt: 1,
                client: client(),
                worker: id_of(n),
                service: ServiceId::from_bits(10),
                price: Money::new(10_000, Currency::RUB),
                ended_at: stage.now(),
            };
            event(stage, &ended, 1, 5)
        }
    };
}
ended!(completed, JobCompleted);
ended!(failed, JobFailed);
ended!(missed, JobMissed);

/// What quality found of job `j` of worker `n`.
pub fn reviewed(stage: &Stage, j: u128, n: u128, finding: Finding) -> Value {
    event(stage, &JobReviewed { job: job(j), client: client(), worker: id_of(n), finding }, 1, 6)
}

/// Request `n` as it stands in the table.
pub fn stored(stage: &Stage, n: u128) -> Request {
    item(stage, "matching", &request_key(request(n))).expect("the request is stored")
}

/// Worker `n` as it stands in the table.
pub fn member(stage: &Stage, n: u128) -> Worker {
    item(stage, "matching", &worker_key(id_of(n))).expect("the worker is stored")
}

/// Decision `number` about request `n`.
pub fn decision(stage: &Stage, n: u128, number: u32) -> Option<Decided> {
    item(stage, "matching", &Key::new(request(n), format!("decision#{number:04}")))
}

/// Who does request `n`, if anybody.
pub fn doer(stage: &Stage, n: u128) -> Option<AccountId> {
    match stored(stage, n).standing {
        Standing::Matched { held: Held { worker, .. }, .. } => Some(worker),
        _ => None,
    }
}

/// How many of worker `n`'s slots are taken.
pub fn taken(stage: &Stage, n: u128) -> usize {
    member(stage, n).slots.iter().filter(|slot| slot.taken.is_some()).count()
}

/// Call number `n` of those that `which` chooses has this fate, from now on.
pub fn strike(stage: &Stage, n: usize, fate: Fate, which: impl Fn(&OutsideCall) -> bool + Send + Sync + 'static) {
    let entered = AtomicUsize::new(0);
    stage.interfere(move |call| match which(call) && entered.fetch_add(1, Ordering::Relaxed) == n {
        true => fate.clone(),
        false => Fate::Answered,
    });
}

/// Just before write number `n` from now on, `act` happens. To be ended by `calm`.
pub fn meanwhile(stage: &Arc<Stage>, n: usize, act: impl Fn(&Stage) + Send + Sync + 'static) {
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == n {
            act(&other);
        }
        Fate::Answered
    });
}

/// From now on every call fails, from call number `n` on: the function is killed there.
pub fn kill_at(stage: &Stage, n: usize) {
    let entered = AtomicUsize::new(0);
    stage.interfere(move |call| {
        match call.service == Service::DynamoDb && entered.fetch_add(1, Ordering::Relaxed) >= n {
            true => Fate::NeverSent,
            false => Fate::Answered,
        }
    });
}

/// A manager puts this policy in force.
pub fn policy(stage: &Stage, policy: &Value) {
    let steps = json!([
        { "step": "distance", "weight": 30, "parameters": { "reach": 10_000 } },
        { "step": "rating", "weight": 25 },
    ]);
    let body = json!({ "steps": steps, "policy": policy });
    let answer = stage.ask("set-pipeline").by(&manager()).send(&body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    kinds(stage);
}
