//! What managers offer and a client requests: a day of it, and one request of each kind for the authorization matrix.

use contracts::jobs::JobMissed;
use kernel::{AccountId, JobId, Money, Principal, Role, ServiceId};
use local::stage::Stage;
use local::testing::{caller, event, good};
use serde_json::{Value, json};
use std::time::Duration;

/// Everything that services announces happens once.
pub fn day(stage: &Stage) {
    let service = offer(stage, "Window cleaning");
    let client = caller(1, Role::Customer);
    let regretted = request(stage, &client, &service, "a-request-that-is-cancelled");
    let cancel = stage.ask("cancel-service-request").by(&client).at(&regretted).key("a-key-to-cancel-with");
    assert_eq!(good(&cancel.send(&json!({})))["state"], "cancelled");
}

/// A service on offer; its id.
pub fn offer(stage: &Stage, name: &str) -> String {
    let body = json!({
        "name": name,
        "description": "All windows of a flat.",
        "price": { "amount_minor": 10_000, "currency": "RUB" },
        "skills": { "windows": 1 },
        "duration_min": 60,
        "offered": true,
    });
    let ask = stage.ask("create-service").by(&caller(1000, Role::Manager));
    id(&good(&ask.key(&format!("the-service-{}", name.replace(' ', "-"))).send(&body)))
}

/// What a client sends to request a service for tomorrow.
pub fn wish(stage: &Stage, service: &str) -> Value {
    let in_hours = |hours: u64| stage.now().after(Duration::from_secs(3600 * hours));
    json!({
        "service": service,
        "description": "Four windows",
        "address": "Tverskaya 1, flat 5",
        "contact": "Maria",
        "place": { "latitude_e7": 557_520_000, "longitude_e7": 376_175_000 },
        "from": in_hours(24),
        "until": in_hours(28),
    })
}

/// A request of a client; its id.
pub fn request(stage: &Stage, client: &Principal, service: &str, key: &str) -> String {
    id(&good(&stage.ask("request-service").by(client).key(key).send(&wish(stage, service))))
}

/// A request of a client whose worker did not come.
pub fn missed(stage: &Stage, client: &Principal, service: &str, key: &str) -> String {
    let id = request(stage, client, service, key);
    let missed = JobMissed {
        job: JobId::from_bits(14),
        request: id.parse().unwrap(),
        attempt: 1,
        client: client.account,
        worker: AccountId::from_bits(500),
        service: service.parse::<ServiceId>().unwrap(),
        price: Money::new(10_000, "RUB".parse().unwrap()),
        ended_at: stage.now(),
    };
    assert!(stage.deliver("follow-job", &event(stage, &missed, 1, 1)));
    id
}

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id in {body}")).to_owned()
}
