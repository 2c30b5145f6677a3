//! What the tests of services share: a service, its clients and staff, their requests, and what other contexts say.

use contracts::Event;
use contracts::jobs::{JobCancelled, JobCompleted, JobFailed, JobMissed, JobStarted, JobWithdrawn, RequestReleased};
use contracts::matching::{MatchEnd, MatchEnded, RequestMatched, RequestUnmatched, RequestWaiting};
use kernel::{AccountId, Currency, JobId, Money, Principal, RequestId, Role, ServiceId, SlotId, Timestamp};
use local::stage::Stage;
use local::testing::{caller, event, item};
use serde_json::{Value, json};
use services::request::{ServiceRequest, State};
use services::store::request_key;
use std::time::Duration;

pub use local::testing::{announced, first_write, kinds, meanwhile, writes};

/// The client who requests.
pub fn client() -> Principal {
    caller(1, Role::Customer)
}

/// Another one.
pub fn stranger() -> Principal {
    caller(2, Role::Customer)
}

/// Who keeps the services.
pub fn manager() -> Principal {
    caller(3, Role::Manager)
}

/// Who does the jobs.
pub fn worker() -> AccountId {
    AccountId::from_bits(4)
}

/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";

/// Words that nobody but client and worker may read.
pub const PRIVATE: [&str; 3] = ["Окна на кухне 🪟", "Тверская 1, кв. 5", "Мария, +7 900 000-00-00"];

/// Window cleaning, for a hundred roubles.
pub fn windows() -> Value {
    json!({
        "name": "Window cleaning",
        "description": "All windows of a flat.",
        "price": { "amount_minor": 10_000, "currency": "RUB" },
        "skills": { "windows": 1, "heights": 3 },
        "duration_min": 60,
        "offered": true,
    })
}

pub fn price() -> Money {
    Money::new(10_000, Currency::RUB)
}

/// Creates a service.
pub fn create(stage: &Stage, key: &str, body: &Value) -> ServiceId {
    let answer = stage.ask("create-service").by(&manager()).key(key).send(body);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

/// A stage with one service that is offered; what led there is forgotten.
pub fn town() -> (Stage, ServiceId) {
    let stage = Stage::new(vec![services::context()]).unwrap();
    let service = create(&stage, "the-key-of-the-service", &windows());
    kinds(&stage);
    (stage, service)
}

/// So many hours from now.
pub fn hours(stage: &Stage, hours: u64) -> Timestamp {
    stage.now().after(Duration::from_secs(3600 * hours))
}

/// A wish for tomorrow.
pub fn wish(stage: &Stage, service: ServiceId) -> Value {
    let [description, address, contact] = PRIVATE;
    json!({
        "service": service,
        "description": description,
        "address": address,
        "contact": contact,
        "place": { "latitude_e7": 557_520_000, "longitude_e7": 376_175_000 },
        "from": hours(stage, 24),
        "until": hours(stage, 28),
    })
}

/// Makes a request.
pub fn request(stage: &Stage, key: &str, body: &Value) -> RequestId {
    let answer = stage.ask("request-service").by(&client()).key(key).send(body);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

/// Something that another context says of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    Matched(u32),
    Waiting,
    Unmatched,
    MatchEnded(u32, MatchEnd),
    Started(u32),
    Completed(u32),
    Failed(u32),
    Missed(u32),
    Cancelled(u32),
    Withdrawn(u32),
    Released,
}

/// Says it; whether it was dealt with.
pub fn say(stage: &Stage, id: RequestId, said: Said) -> bool {
    let (client, worker, service) = (client().account, worker(), ServiceId::from_bits(1));
    let (price, ended_at) = (price(), stage.now());
    let job = |attempt: u32| JobId::from_bits(attempt.into());
    macro_rules! ended {
        ($kind:ident, $attempt:expr) => {
            tell(
                stage,
                "follow-job",
                &$kind {
                    job: job($attempt),
                    request: id,
                    attempt: $attempt,
                    client,
                    worker,
                    service,
                    price,
                    ended_at,
                },
            )
        };
    }
    match said {
        Said::Matched(attempt) => {
            let stored = stored(stage, id);
            let (from, until) = (stored.window.from, stored.window.from.after(Duration::from_secs(3600)));
            let slot = SlotId::from_bits(attempt.into());
            let matched = RequestMatched {
                request: id,
                attempt,
                client,
                worker,
                slot,
                service,
                price,
                from,
                until,
            };
            tell(stage, "follow-match", &matched)
        }
        Said::Waiting => tell(stage, "follow-match", &RequestWaiting { request: id, client }),
        Said::Unmatched => tell(stage, "follow-match", &RequestUnmatched { request: id, client }),
        Said::MatchEnded(attempt, end) => {
            tell(stage, "follow-match", &MatchEnded { request: id, attempt, worker, end })
        }
        Said::Started(attempt) => {
            tell(stage, "follow-job", &JobStarted { job: job(attempt), request: id, attempt, client, worker })
        }
        Said::Completed(attempt) => ended!(JobCompleted, attempt),
        Said::Failed(attempt) => ended!(JobFailed, attempt),
        Said::Missed(attempt) => ended!(JobMissed, attempt),
        Said::Cancelled(attempt) => ended!(JobCancelled, attempt),
        Said::Withdrawn(attempt) => {
            tell(stage, "follow-job", &JobWithdrawn { job: job(attempt), request: id, attempt, worker })
        }
        Said::Released => tell(stage, "follow-job", &RequestReleased { request: id, client }),
    }
}

fn tell<E: Event>(stage: &Stage, function: &str, said: &E) -> bool {
    stage.deliver(function, &event(stage, said, 1, 1))
}

/// Cancels a request.
pub fn cancel(stage: &Stage, id: RequestId) {
    let answer = stage.ask("cancel-service-request").by(&client()).at(id).key(KEY).send(&json!({}));
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// Every state.
pub const STATES: [State; 9] = [
    State::Requested,
    State::Matched,
    State::Cancelling,
    State::InProgress,
    State::Completed,
    State::Failed,
    State::NoShow,
    State::Cancelled,
    State::Unmatched,
];

/// A request that came to `state` on the shortest way, in a town of its own; what led there is forgotten.
pub fn request_in(state: State) -> (Stage, RequestId) {
    let (stage, service) = town();
    let id = request(&stage, "the-key-that-made-the-request", &wish(&stage, service));
    bring(&stage, id, state);
    kinds(&stage);
    (stage, id)
}

/// Takes a request that was just made to `state`.
pub fn bring(stage: &Stage, id: RequestId, state: State) {
    let heard = |said| assert!(say(stage, id, said), "{said:?}: {:?}", stage.log().last());
    let before = match state {
        State::Requested => return,
        State::Matched | State::Cancelled | State::Unmatched => State::Requested,
        State::Cancelling | State::InProgress | State::NoShow => State::Matched,
        State::Completed | State::Failed => State::InProgress,
    };
    bring(stage, id, before);
    stage.pass(Duration::from_secs(10));
    match state {
        State::Requested => {}
        State::Matched => heard(Said::Matched(1)),
        State::Cancelling | State::Cancelled => cancel(stage, id),
        State::InProgress => heard(Said::Started(1)),
        State::Completed => heard(Said::Completed(1)),
        State::Failed => heard(Said::Failed(1)),
        State::NoShow => heard(Said::Missed(1)),
        State::Unmatched => heard(Said::Unmatched),
    }
    assert_eq!(stored(stage, id).state, state);
}

/// The request as it stands in the table.
pub fn stored(stage: &Stage, id: RequestId) -> ServiceRequest {
    item(stage, "services", &request_key(id)).expect("the request is stored")
}

/// Nothing that a client wrote is in what functions logged.
pub fn nothing_private_is_logged(stage: &Stage) {
    for line in stage.log() {
        assert!(!PRIVATE.iter().any(|words| line.contains(words)), "{line}");
    }
}

/// Paths that name no request.
pub const NO_REQUESTS: [&str; 6] = ["", "1", "req_", "svc_00000000000000000000000001", "REQ_1", "../x"];
