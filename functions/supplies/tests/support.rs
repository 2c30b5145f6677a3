//! What the tests of supplies share: workers and their jobs, staff and their shelves, the vendor, and a look at what is
//! stored and announced.

use contracts::jobs::{JobCancelled, JobClosed, JobCreated, JobMissed, JobWithdrawn};
use kernel::{Currency, DrawId, JobId, Money, Principal, PurchaseId, RequestId, Role, ServiceId, Sku, Timestamp};
use local::faults::Fate;
use local::outside::{Answer, OutsideCall, Service};
use local::sandbox::Request;
use local::sandbox::biscuit::API_KEY;
use local::stage::Stage;
use local::testing::{caller, event, item};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use supplies::cookie::Cookie;
use supplies::draw::Draw;
use supplies::job::Job;
use supplies::purchase::Purchase;
use supplies::store::{cookie_key, draw_key, job_key, purchase_key, supply_key};
use supplies::supply::Supply;

pub use local::testing::{interfere, kinds, meanwhile, told as announced, writes};

/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";

pub const ISSUED: &str = "supplies.supplies-issued.v1";
pub const NOT_NEEDED: &str = "supplies.supplies-not-needed.v1";
pub const REFUSED: &str = "supplies.supplies-refused.v1";
pub const LOW: &str = "supplies.supply-low.v1";
pub const ORDERED: &str = "supplies.purchase-ordered.v1";
pub const RECEIVED: &str = "supplies.purchase-received.v1";
pub const CLOSED: &str = "supplies.purchase-closed.v1";
pub const SETTLED: &str = "supplies.cookie-settled.v1";

/// An hour.
pub const HOUR: Duration = Duration::from_secs(3600);
/// Ten minutes: how often the vendor is asked.
pub const TEN: Duration = Duration::from_secs(600);
/// How long after a stage's beginning its jobs begin.
pub const AHEAD: Duration = Duration::from_secs(2 * 86_400);

/// Whose jobs they are.
pub fn worker() -> Principal {
    caller(1, Role::Worker)
}

/// Another worker.
pub fn stranger() -> Principal {
    caller(2, Role::Worker)
}

/// Who issues supplies.
pub fn supplier() -> Principal {
    caller(3, Role::Supplier)
}

/// Supply `n`.
pub fn sku(n: usize) -> Sku {
    format!("SPONGE-{n}").parse().unwrap()
}

/// Job number `n`.
pub fn job(n: u128) -> JobId {
    JobId::from_bits(n)
}

/// The service of all jobs.
pub fn service() -> ServiceId {
    ServiceId::from_bits(10)
}

/// A stage without anything.
pub fn empty() -> Stage {
    Stage::new(vec![supplies::context()]).unwrap()
}

/// So many of supply `n`; bought below 20, 50 at a time.
pub fn shelve(stage: &Stage, n: usize, on_hand: u32) {
    let body = json!({ "name": "Губка 🧽", "on_hand": on_hand, "reorder_point": 20, "order_quantity": 50 });
    let answer = stage.ask("set-supply").by(&supplier()).at(sku(n)).send(&body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// From now on jobs need so many of supplies 0, 1, ….
pub fn need(stage: &Stage, quantities: &[u32]) {
    let lines: Vec<Value> = quantities
        .iter()
        .enumerate()
        .map(|(n, quantity)| json!({ "sku": sku(n), "quantity": quantity }))
        .collect();
    let answer = stage.ask("set-service-supplies").by(&supplier()).at(service()).send(&json!({ "lines": lines }));
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// What jobs say when the worker has job `n`, which begins then.
pub fn created_at(stage: &Stage, n: u128, from: Timestamp) -> Value {
    let created = JobCreated {
        job: job(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        client: caller(9, Role::Customer).account,
        worker: worker().account,
        service: service(),
        from,
        until: from.after(HOUR),
    };
    event(stage, &created, 1, 1)
}

/// The same for a job that begins in two days.
pub fn created(stage: &Stage, n: u128) -> Value {
    created_at(stage, n, stage.now().after(AHEAD))
}

/// What jobs say when the client cancelled the request of job `n`.
pub fn cancelled(stage: &Stage, n: u128) -> Value {
    let cancelled = JobCancelled {
        job: job(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        client: caller(9, Role::Customer).account,
        worker: worker().account,
        service: service(),
        price: Money::new(10_000, Currency::RUB),
        ended_at: stage.now(),
    };
    event(stage, &cancelled, 1, 2)
}

/// What jobs say when job `n` was taken from its worker.
pub fn closed(stage: &Stage, n: u128) -> Value {
    let closed = JobClosed {
        job: job(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        worker: worker().account,
    };
    event(stage, &closed, 1, 2)
}

/// What jobs say when the worker withdrew from job `n`.
pub fn withdrawn(stage: &Stage, n: u128) -> Value {
    let withdrawn = JobWithdrawn {
        job: job(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        worker: worker().account,
    };
    event(stage, &withdrawn, 1, 2)
}

/// What jobs say when the worker did not come to job `n`.
pub fn missed(stage: &Stage, n: u128) -> Value {
    let missed = JobMissed {
        job: job(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        client: caller(9, Role::Customer).account,
        worker: worker().account,
        service: service(),
        price: Money::new(10_000, Currency::RUB),
        ended_at: stage.now(),
    };
    event(stage, &missed, 1, 2)
}

/// A stage with 10 each of two supplies, of which a job needs 2 and 3, and job 1, which is known.
pub fn depot() -> Stage {
    let stage = empty();
    shelve(&stage, 0, 10);
    shelve(&stage, 1, 10);
    need(&stage, &[2, 3]);
    assert!(stage.deliver("keep-job", &created(&stage, 1)));
    stage.calls();
    stage
}

/// The worker requests the supplies of job `n`.
pub fn request(stage: &Stage, n: u128, key: &str) -> HttpResponse {
    stage.ask("request-supplies").by(&worker()).at(job(n)).key(key).get()
}

/// The same, which succeeds; the request.
pub fn requested(stage: &Stage, n: u128, key: &str) -> DrawId {
    let answer = request(stage, n, key);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

/// Staff issue a request.
pub fn issue(stage: &Stage, draw: DrawId) -> HttpResponse {
    stage.ask("issue-supplies").by(&supplier()).at(draw).get()
}

/// Staff refuse a request.
pub fn refuse(stage: &Stage, draw: DrawId, key: &str) -> HttpResponse {
    stage.ask("refuse-supplies").by(&supplier()).at(draw).key(key).send(&json!({ "reason": "Нет" }))
}

/// The supply as it stands in the table.
pub fn supply(stage: &Stage, n: usize) -> Supply {
    item(stage, "supplies", &supply_key(&sku(n))).expect("the supply is stored")
}

/// How many there are of supplies 0 and 1.
pub fn shelves(stage: &Stage) -> (u32, u32) {
    (supply(stage, 0).on_hand, supply(stage, 1).on_hand)
}

/// The draw as it stands in the table.
pub fn draw(stage: &Stage, id: DrawId) -> Draw {
    item(stage, "supplies", &draw_key(id)).expect("the draw is stored")
}

/// The job as it stands in the table.
pub fn known_job(stage: &Stage, n: u128) -> Option<Job> {
    item(stage, "supplies", &job_key(job(n)))
}

/// The purchase as it stands in the table.
pub fn purchase(stage: &Stage, id: PurchaseId) -> Purchase {
    item(stage, "supplies", &purchase_key(id)).expect("the purchase is stored")
}

/// The cookie of job `n` as it stands in the table.
pub fn cookie(stage: &Stage, n: u128) -> Option<Cookie> {
    item(stage, "supplies", &cookie_key(job(n)))
}

/// Whether a call asks the vendor to do this: a method and how the path ends, its query left out.
pub fn asks(call: &OutsideCall, method: &str, end: &str) -> bool {
    let path = call.target.split('?').next().unwrap_or_default();
    call.service == Service::Partner && call.operation == method && path.ends_with(end)
}

/// How many of these calls place an order at the vendor.
pub fn placings(calls: &[OutsideCall]) -> usize {
    calls.iter().filter(|call| asks(call, "POST", "/orders")).count()
}

/// The vendor has a problem of its own.
pub fn server_error() -> Fate {
    Fate::Instead(Answer::new(500, r#"{"error":{"code":"oven_on_fire"}}"#))
}

/// What the vendor has of a job's cookie once it finds it: its orders.
pub fn at_vendor(stage: &Stage, n: u128) -> Vec<Value> {
    let path = format!("/v1/orders?reference={}", supplies::cookie::id_of(job(n)));
    let later = stage.now().after(Duration::from_secs(60));
    let (status, body) = ask_vendor(stage, "GET", &path, later);
    assert_eq!(status, 200, "{body}");
    body["orders"].as_array().unwrap().clone()
}

/// Asks the vendor at a time.
pub fn ask_vendor(stage: &Stage, method: &str, path: &str, at: Timestamp) -> (u16, Value) {
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: BTreeMap::from([("authorization".to_owned(), format!("Bearer {API_KEY}"))]),
        body: Vec::new(),
    };
    let answer = stage.cloud.sandboxes().ask("biscuit", &request, at);
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

/// Paths that name no id.
pub const NO_IDS: [&str; 6] = ["", "1", "drw_7", "acc_00000000000000000000000001", "заказ", "../x"];
