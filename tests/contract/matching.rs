//! A day of matching: requests that are matched, matched again by hand, withdrawn from, cancelled; offered and accepted;
//! waited with until it is too late; and a manager who changes the pipeline.

use contracts::hiring::WorkerHired;
use contracts::jobs::JobWithdrawn;
use contracts::services::{RequestCancelled, ServiceRequested};
use kernel::{
    AccountId, ApplicationId, Currency, JobId, Money, Place, Principal, RequestId, Role, ServiceId, Text, Timestamp,
};
use local::stage::Stage;
use local::testing::{caller, event};
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const HERE: Place = Place { latitude_e7: 557_520_000, longitude_e7: 376_175_000 };

/// Worker `n` is hired to clean windows and free for the next hours.
pub fn free(stage: &Stage, worker: AccountId) {
    let skill = Text::new("windows").unwrap();
    let hired = WorkerHired {
        application: ApplicationId::from_bits(18),
        worker,
        skills: [(skill, 3)].into(),
        strengths: Vec::new(),
        weaknesses: Vec::new(),
    };
    assert!(stage.deliver("keep-worker", &event(stage, &hired, 1, 1)));
    let whole = |hours: u32| {
        let at = stage.now().after(HOUR * hours).as_millis();
        Timestamp::from_millis(at - at % 60_000)
    };
    let slots: Vec<Value> = [1, 5].iter().map(|n| json!({ "from": whole(*n), "until": whole(n + 4) })).collect();
    let body = json!({ "base": HERE, "radius_m": 5000, "slots": slots });
    let role = Principal { account: worker, roles: vec![Role::Worker] };
    let answer = stage.ask("set-availability").by(&role).send(&body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// A client requests an hour's work within the next hours.
pub fn request(stage: &Stage, request: RequestId) {
    let asked = ServiceRequested {
        request,
        client: AccountId::from_bits(1),
        service: ServiceId::from_bits(10),
        price: Money::new(10_000, Currency::RUB),
        skills: [(Text::new("windows").unwrap(), 1)].into(),
        duration_min: 60,
        place: HERE,
        from: stage.now().after(HOUR),
        until: stage.now().after(HOUR * 3),
        requested_at: stage.now(),
    };
    assert!(stage.deliver("decide-request", &event(stage, &asked, 1, 1)));
}

/// Offers are made from now on.
pub fn make_offers(stage: &Stage) {
    let body = json!({
        "steps": [{ "step": "rating", "weight": 1 }],
        "policy": { "tick_s": 60, "offer_timeout_s": 300 },
    });
    let answer = stage.ask("set-pipeline").by(&caller(2, Role::Manager)).send(&body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// The offer that a worker has.
pub fn offer(stage: &Stage, worker: AccountId) -> String {
    let role = Principal { account: worker, roles: vec![Role::Worker] };
    let offers = stage.ask("list-offers").by(&role).get().json();
    offers["offers"][0]["id"].as_str().unwrap_or_else(|| panic!("{offers}")).to_owned()
}

/// Everything that matching announces.
pub fn day(stage: &Stage) {
    let workers = [31, 32].map(AccountId::from_bits);
    let requests = [41, 42, 43].map(RequestId::from_bits);
    for worker in workers {
        free(stage, worker);
    }
    request(stage, requests[0]);
    let again = stage.ask("rematch-request").by(&caller(2, Role::Manager)).at(requests[0]);
    let matched = again.key("a-key-to-match-again").send(&json!({}));
    assert_eq!(matched.status_code, 200, "{}", matched.body);
    let worker = matched.json()["worker"].as_str().unwrap().parse().unwrap();
    let withdrawn = JobWithdrawn {
        job: JobId::from_bits(14),
        request: requests[0],
        attempt: 2,
        worker,
    };
    assert!(stage.deliver("withdraw-match", &event(stage, &withdrawn, 1, 1)));
    let cancelled = RequestCancelled {
        request: requests[0],
        client: AccountId::from_bits(1),
        attempt: None,
    };
    assert!(stage.deliver("cancel-match", &event(stage, &cancelled, 1, 1)));

    make_offers(stage);
    request(stage, requests[1]);
    let offered = workers.into_iter().find(|worker| {
        let role = Principal { account: *worker, roles: vec![Role::Worker] };
        !stage.ask("list-offers").by(&role).get().json()["offers"].as_array().unwrap().is_empty()
    });
    let offered = offered.unwrap();
    let role = Principal { account: offered, roles: vec![Role::Worker] };
    let accepted = stage.ask("accept-offer").by(&role).at(offer(stage, offered)).get();
    assert_eq!(accepted.status_code, 200, "{}", accepted.body);

    for worker in workers.into_iter().filter(|worker| *worker != offered) {
        let role = Principal { account: worker, roles: vec![Role::Worker] };
        let nothing = json!({ "base": HERE, "radius_m": 5000, "slots": [] });
        assert_eq!(stage.ask("set-availability").by(&role).send(&nothing).status_code, 200);
    }
    request(stage, requests[2]);
    stage.pass(HOUR * 3);
    assert!(stage.start("match-waiting"));
    stage.settle().unwrap();
}
