//! What the tests of partners share: Happy Cat Box's calls, partners with endpoints, events that happen elsewhere, and
//! a look at what is stored, announced and sent.

use contracts::orders::{OrderPaid, OrderShipped};
use kernel::{AccountId, Currency, EndpointId, Money, OrderId, Principal, Role, Timestamp};
use local::directory::Arrival;
use local::faults::Fate;
use local::outside::{OutsideCall, Service};
use local::sandbox::Request;
use local::sandbox::happy_cat_box::{API_KEY, signed, updated};
use local::stage::Stage;
use local::testing::{caller, event, item};
use local::trigger::{HttpRequest, HttpResponse};
use partners::client::Client;
use partners::delivery::Delivery;
use partners::endpoint::Endpoint;
use partners::happy_cat_box::SOURCE;
use partners::lane::Lane;
use partners::store::{client_key, delivery_key, endpoint_key, lane_key};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub use local::testing::told as announced;

pub const KEY: &str = "the-key-of-this-request";
pub const PAID: &str = "orders.order-paid.v1";
pub const SHIPPED: &str = "orders.order-shipped.v1";
pub const IMPORTED: &str = "partners.client-imported.v1";
pub const HOST: &str = "partner.example.com";
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3600);
pub const DAY: Duration = Duration::from_secs(86_400);

pub fn shop() -> Stage {
    Stage::new(vec![partners::context()]).unwrap()
}

pub fn manager() -> Principal {
    caller(1, Role::Manager)
}

pub fn machine() -> Principal {
    caller(10, Role::Partner)
}

pub fn stranger() -> Principal {
    caller(11, Role::Partner)
}

/// A client as Happy Cat Box writes one; `hour` is when it changed.
pub fn row(id: &str, email: &str, hour: u32) -> Value {
    json!({
        "id": id, "email": email, "locale": "ru", "time_zone": "Europe/Moscow",
        "updated_at": format!("2026-01-04T{hour:02}:00:00.000Z"), "loyalty": "gold",
    })
}

/// Hands a webhook to its function.
pub fn hand_over(stage: &Stage, headers: &BTreeMap<String, String>, body: &str) -> HttpResponse {
    let request = HttpRequest {
        route: "POST /v1/webhooks/happy-cat-box".to_owned(),
        headers: headers.clone(),
        body: Some(body.to_owned()),
        ..HttpRequest::default()
    };
    let answer = stage.invoke("happy-cat-box-webhook", request.event("webhook"));
    answer.map_or_else(|_| HttpResponse::internal(), |answer| HttpResponse::of(&answer))
}

/// Happy Cat Box sends these clients under this id.
pub fn webhook(stage: &Stage, id: &str, clients: &[Value]) -> HttpResponse {
    let body = updated(clients, Timestamp::from_millis(0));
    hand_over(stage, &signed(id, &body, stage.now()), &body)
}

/// Somebody at Happy Cat Box saves a client.
pub fn save_there(stage: &Stage, id: &str, email: &str) {
    let request = Request {
        method: "POST".to_owned(),
        path: "/v1/clients".to_owned(),
        headers: BTreeMap::from([("authorization".to_owned(), format!("Bearer {API_KEY}"))]),
        body: row(id, email, 0).to_string().into_bytes(),
    };
    let answer = stage.cloud.sandboxes().ask(SOURCE, &request, stage.now());
    assert_eq!(answer.status, 200);
}

/// A client as it is stored.
pub fn client(stage: &Stage, id: &str) -> Option<Client> {
    item(stage, "partners", &client_key(SOURCE, &id.parse().unwrap()))
}

/// The address of a client that must be there.
pub fn email(stage: &Stage, id: &str) -> String {
    client(stage, id).expect("the client is here").email.unwrap_or_default()
}

/// The ids of the clients that were announced.
pub fn imported(stage: &Stage) -> Vec<String> {
    let events = announced(stage).into_iter().filter(|(kind, _)| kind == IMPORTED);
    events.map(|(_, data)| data["external_id"].as_str().unwrap().to_owned()).collect()
}

/// An admin approves these types for the machine.
pub fn approve(stage: &Stage, types: &[&str]) -> HttpResponse {
    let ask = stage.ask("approve-event-types").by(&caller(2, Role::Admin)).at(machine().account);
    ask.send(&json!({ "types": types }))
}

pub fn wish(host: &str, types: &[&str]) -> Value {
    json!({ "url": format!("https://{host}/hooks"), "types": types })
}

/// The machine creates an endpoint; the reply.
pub fn create(stage: &Stage, key: &str, host: &str, types: &[&str]) -> HttpResponse {
    stage.ask("create-endpoint").by(&machine()).key(key).send(&wish(host, types))
}

/// A stage with an approved machine and one endpoint that wants payments; and the reply.
pub fn shop_with_endpoint() -> (Stage, EndpointId, String) {
    let stage = shop();
    assert_eq!(approve(&stage, &[PAID, SHIPPED]).status_code, 200);
    let created = create(&stage, KEY, HOST, &[PAID]);
    assert_eq!(created.status_code, 201, "{}", created.body);
    let created = created.json();
    let id = created["id"].as_str().unwrap().parse().unwrap();
    stage.settle().unwrap();
    stage.calls();
    (stage, id, created["secret"].as_str().unwrap().to_owned())
}

pub fn endpoint(stage: &Stage, id: EndpointId) -> Endpoint {
    item(stage, "partners", &endpoint_key(machine().account, id)).expect("the endpoint is stored")
}

pub fn lane(stage: &Stage, id: EndpointId) -> Lane {
    item(stage, "partners", &lane_key(id)).expect("the lane is stored")
}

/// Order `n` is paid, as its context announces it now.
pub fn paid(stage: &Stage, n: u128) -> Value {
    let paid = OrderPaid {
        order: OrderId::from_bits(n),
        customer: AccountId::from_bits(5),
        total: Money::new(1530, Currency::GBP),
    };
    event(stage, &paid, 1, 3)
}

/// Order `n` is shipped.
pub fn shipped(stage: &Stage, n: u128) -> Value {
    let shipped = OrderShipped {
        order: OrderId::from_bits(n),
        customer: AccountId::from_bits(5),
        tracking: Some("RM1".to_owned()),
    };
    event(stage, &shipped, 1, 5)
}

/// What came to partners' hosts.
pub fn arrivals(stage: &Stage) -> Vec<Arrival> {
    stage.cloud.directory().arrivals()
}

/// The order that each arrival is about.
pub fn orders(arrivals: &[Arrival]) -> Vec<OrderId> {
    let order = |arrival: &Arrival| {
        let body: Value = serde_json::from_slice(&arrival.body).unwrap();
        body["data"]["order"].as_str().unwrap().parse().unwrap()
    };
    arrivals.iter().map(order).collect()
}

/// An endpoint's deliveries as its partner sees them, the newest first.
pub fn deliveries(stage: &Stage, id: EndpointId) -> Vec<Value> {
    let answer = stage.ask("list-deliveries").by(&machine()).at(id).query("limit=100").get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()["items"].as_array().unwrap().clone()
}

/// The states of an endpoint's deliveries, the newest first.
pub fn states(stage: &Stage, id: EndpointId) -> Vec<String> {
    deliveries(stage, id)
        .iter()
        .map(|delivery| delivery["state"].as_str().unwrap().to_owned())
        .collect()
}

/// A delivery as it is stored.
pub fn delivery(stage: &Stage, id: EndpointId, name: &Value) -> Delivery {
    let name = name.as_str().unwrap().to_owned().try_into().unwrap();
    item(stage, "partners", &delivery_key(id, &name)).expect("the delivery is stored")
}

/// The host answers so from now on.
pub fn answers(stage: &Stage, host: &str, status: u16) {
    stage.cloud.directory().answers(host, status);
}

/// Whether a call goes to a partner's host.
pub fn is_sending(call: &OutsideCall) -> bool {
    call.service == Service::Public
}

/// From call number `at` on nothing arrives: the function was ended then. If `applied`, that call still has its effect.
/// Returns what counts the calls.
pub fn end_at_call(stage: &Stage, at: usize, applied: bool) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let seen = count.clone();
    stage.interfere(move |_| {
        let number = seen.fetch_add(1, Ordering::Relaxed);
        match (number == at && applied, number >= at) {
            (true, _) => Fate::ReplyLost,
            (false, true) => Fate::NeverSent,
            (false, false) => Fate::Answered,
        }
    });
    count
}

/// Runs a story that is ended at each of its calls, before and after the call's effect; `again` repeats and checks it.
pub fn ended_at_each_call<R>(begin: impl Fn() -> Stage, run: impl Fn(&Stage) -> R, again: impl Fn(&Stage)) {
    for at in 0..1000 {
        let mut is_over = false;
        for applied in [false, true] {
            let stage = begin();
            let count = end_at_call(&stage, at, applied);
            run(&stage);
            stage.calm();
            is_over = count.load(Ordering::Relaxed) <= at;
            again(&stage);
        }
        if is_over {
            assert!(at > 2, "it makes calls");
            return;
        }
    }
    panic!("it never ends");
}
