//! What the tests of jobs share: a request that is matched, its worker and client, and what other contexts say.

use contracts::Event;
use contracts::matching::{MatchEnd, MatchEnded, RequestMatched};
use contracts::services::{ReadVisit, RequestCancelled, Visit};
use contracts::supplies::{SuppliesIssued, SuppliesNotNeeded};
use jobs::course::Course;
use jobs::job::{Job, State, id_of};
use jobs::store::{course_key, job_key};
use kernel::{
    AccountId, Currency, DrawId, JobId, Money, PhotoId, Principal, RequestId, Role, ServiceId, SlotId, Timestamp,
};
use local::stage::Stage;
use local::testing::{caller, event, item};
use local::trigger::HttpResponse;
use platform::{Asked, Context, Error, Figure, Function, Setting, direct};
use serde_json::{Value, json};
use std::time::Duration;

pub use local::testing::{announced, first_write, meanwhile, writes};

/// Who does the jobs.
pub fn worker() -> Principal {
    caller(4, Role::Worker)
}

/// Another one.
pub fn colleague() -> Principal {
    caller(5, Role::Worker)
}

/// Who looks at them afterwards.
pub fn quality() -> Principal {
    caller(6, Role::Quality)
}

/// Whose request it is.
pub fn client() -> AccountId {
    AccountId::from_bits(1)
}

/// The request that most tests are about.
pub fn request() -> RequestId {
    RequestId::from_bits(11)
}

pub fn price() -> Money {
    Money::new(10_000, Currency::RUB)
}

/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";

/// Words that nobody but the job's worker may read.
pub const PRIVATE: [&str; 3] = ["Окна на кухне 🪟", "Тверская 1, кв. 5", "Мария, +7 900 000-00-00"];

pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3600);

/// Whether services answers.
struct Answers;

impl Figure for Answers {
    type Value = bool;
    const NAME: &'static str = "SERVICES_ANSWER";
    const DEFAULT: &'static str = "yes";

    fn read(text: &str) -> Result<bool, String> {
        Ok(text == "yes")
    }
}

/// Services, as far as it is asked here.
async fn read_visit(Asked(_): Asked<ReadVisit>, Setting(answers): Setting<Answers>) -> Result<Option<Visit>, Error> {
    if !answers {
        return Err(Error::unavailable("services is away"));
    }
    let [description, address, contact] = PRIVATE.map(str::to_owned);
    Ok(Some(Visit { description, address, contact }))
}

fn visits() -> Function {
    Function { context: "services", ..direct::answer(read_visit) }
}

/// A stage with this context, and services as far as it is asked.
pub fn town() -> Stage {
    let services = Context {
        name: "services",
        indexes: Vec::new(),
        functions: vec![visits()],
    };
    Stage::new(vec![jobs::context(), services]).unwrap()
}

/// When the job of the tests begins: at noon, four hours after the stage's time begins.
pub fn noon() -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000).after(4 * HOUR)
}

/// What matching says when a worker is found.
pub fn found(attempt: u32) -> RequestMatched {
    found_for(request(), attempt, worker().account)
}

/// The same of another request or worker.
pub fn found_for(request: RequestId, attempt: u32, worker: AccountId) -> RequestMatched {
    RequestMatched {
        request,
        attempt,
        client: client(),
        worker,
        slot: SlotId::from_bits(attempt.into()),
        service: ServiceId::from_bits(10),
        price: price(),
        from: noon(),
        until: noon().after(HOUR),
    }
}

/// Something that another context says of the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    Matched(u32),
    Ended(u32, MatchEnd),
    Cancelled(Option<u32>),
    Issued(u32),
    NotNeeded(u32),
}

/// Says it; whether it was dealt with.
pub fn say(stage: &Stage, said: Said) -> bool {
    let worker = worker().account;
    match said {
        Said::Matched(attempt) => tell(stage, "create-job", &found(attempt)),
        Said::Ended(attempt, end) => {
            tell(stage, "cancel-job", &MatchEnded { request: request(), attempt, worker, end })
        }
        Said::Cancelled(attempt) => {
            tell(stage, "cancel-job", &RequestCancelled { request: request(), client: client(), attempt })
        }
        Said::Issued(attempt) => {
            let draw = DrawId::from_bits(1);
            tell(stage, "note-supplies", &SuppliesIssued { draw, job: job_id(attempt), worker })
        }
        Said::NotNeeded(attempt) => tell(stage, "note-supplies", &SuppliesNotNeeded { job: job_id(attempt), worker }),
    }
}

pub fn tell<E: Event>(stage: &Stage, function: &str, said: &E) -> bool {
    stage.deliver(function, &event(stage, said, 1, 1))
}

/// The job of a match.
pub fn job_id(attempt: u32) -> JobId {
    id_of(request(), attempt)
}

/// The job of a match as it stands in the table.
pub fn stored(stage: &Stage, attempt: u32) -> Option<Job> {
    item(stage, "jobs", &job_key(job_id(attempt)))
}

/// The state of a match's job.
pub fn state(stage: &Stage, attempt: u32) -> Option<State> {
    stored(stage, attempt).map(|job| job.state)
}

/// The course of the request as it stands in the table.
pub fn course(stage: &Stage) -> Option<Course> {
    item(stage, "jobs", &course_key(request()))
}

/// Lets time pass until then.
pub fn wait_until(stage: &Stage, time: Timestamp) {
    let millis = u64::try_from(time.as_millis() - stage.now().as_millis()).expect("a time to come");
    stage.pass(Duration::from_millis(millis));
}

/// A job in `state`, on the shortest way, the first of its request; what led there is forgotten.
pub fn job_in(state: State) -> Stage {
    let stage = town();
    assert!(say(&stage, Said::Matched(1)));
    let started = |stage: &Stage| {
        assert!(say(stage, Said::Issued(1)));
        wait_until(stage, noon());
        good(&start(stage, KEY));
    };
    match state {
        State::Assigned => {}
        State::Started => started(&stage),
        State::Completed => {
            started(&stage);
            good(&step(&stage, "finish-job", KEY, &json!({ "photo": photo(&stage, "a-photo-of-the-report") })));
        }
        State::Failed => {
            started(&stage);
            good(&step(&stage, "fail-job", KEY, &json!({ "reason": "No ladder" })));
        }
        State::Missed => {
            wait_until(&stage, noon().after(30 * MINUTE));
            assert!(stage.start("close-missed-jobs"));
        }
        State::Cancelled => assert!(say(&stage, Said::Cancelled(Some(1)))),
        State::Withdrawn => good(&step(&stage, "withdraw-job", KEY, &json!({}))),
        State::Closed => assert!(say(&stage, Said::Ended(1, MatchEnd::Rematched))),
    }
    assert_eq!(stored(&stage, 1).unwrap().state, state);
    kinds(&stage);
    stage
}

/// A job that can be started now; what led there is forgotten.
pub fn ready() -> Stage {
    let stage = job_in(State::Assigned);
    assert!(say(&stage, Said::Issued(1)));
    wait_until(&stage, noon());
    kinds(&stage);
    stage
}

/// Every state.
pub const STATES: [State; 8] = [
    State::Assigned,
    State::Started,
    State::Completed,
    State::Failed,
    State::Missed,
    State::Cancelled,
    State::Withdrawn,
    State::Closed,
];

/// Uploads a photo of the first job as its worker would; under the same key again it is there.
pub fn photo(stage: &Stage, key: &str) -> PhotoId {
    let body = json!({ "content_type": "image/jpeg", "length": 3 });
    let signed = stage.ask("create-photo-upload").by(&worker()).at(job_id(1)).key(key).send(&body);
    assert_eq!(signed.status_code, 201, "{}", signed.body);
    assert!(matches!(stage.upload(&signed.json(), b"jpg"), 200 | 412));
    signed.json()["photo"].as_str().unwrap().parse().unwrap()
}

/// Starts the first job, with a photo.
pub fn start(stage: &Stage, key: &str) -> HttpResponse {
    let photo = photo(stage, "a-photo-of-the-place");
    step(stage, "start-job", key, &json!({ "photo": photo, "confirmed": true }))
}

/// Sends a step of the first job, as its worker.
pub fn step(stage: &Stage, function: &'static str, key: &str, body: &Value) -> HttpResponse {
    stage.ask(function).by(&worker()).at(job_id(1)).key(key).send(body)
}

#[track_caller]
pub fn good(answer: &HttpResponse) {
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// Relays; the types of what was announced since calls were last taken, in the order of their names.
pub fn kinds(stage: &Stage) -> Vec<String> {
    let mut kinds: Vec<String> =
        announced(stage).iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

/// Paths that name no job.
pub const NO_JOBS: [&str; 6] = ["", "1", "job_", "req_00000000000000000000000001", "JOB_1", "../x"];
