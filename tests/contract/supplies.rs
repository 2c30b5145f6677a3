//! A depot: supplies, workers' jobs, their requests, and what was bought; and a day on which everything happens there.

use contracts::jobs::{JobCancelled, JobCreated};
use kernel::{AccountId, Currency, JobId, Money, Principal, RequestId, Role, ServiceId};
use local::stage::Stage;
use local::testing::{caller, event, good};
use serde_json::{Value, json};
use std::time::Duration;

/// What staff have to do with, twice each.
pub struct Depot {
    /// Something that workers use up.
    pub skus: [String; 2],
    /// A service whose jobs need some of it.
    pub services: [String; 2],
    /// The first and the second worker's job, for which nothing was requested yet.
    pub jobs: [String; 2],
    /// Open requests for supplies.
    pub draws: [String; 2],
    /// Open purchases.
    pub purchases: [String; 2],
}

fn supplier() -> Principal {
    caller(1001, Role::Supplier)
}

fn worker(account: AccountId) -> Principal {
    Principal { account, roles: vec![Role::Worker] }
}

/// The service of job `n`: even ones need something.
fn service(n: u128) -> ServiceId {
    ServiceId::from_bits(1 + n % 2)
}

/// This context hears of job `n`.
fn hear(stage: &Stage, n: u128, worker: AccountId) {
    let from = stage.now().after(Duration::from_secs(86_400));
    let created = JobCreated {
        job: JobId::from_bits(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        client: caller(1002, Role::Customer).account,
        worker,
        service: service(n),
        from,
        until: from.after(Duration::from_secs(3600)),
    };
    for function in ["keep-job", "order-cookie"] {
        assert!(stage.deliver(function, &event(stage, &created, 1, 1)), "{function}");
    }
}

fn ids<const N: usize>(list: &Value) -> [String; N] {
    std::array::from_fn(|n| list["items"][n]["id"].as_str().unwrap().to_owned())
}

fn request(stage: &Stage, n: u128, by: AccountId) -> String {
    let key = format!("the-supplies-of-job-{n:03}");
    let ask = stage.ask("request-supplies").by(&worker(by)).at(JobId::from_bits(n)).key(&key);
    good(&ask.get())["id"].as_str().unwrap().to_owned()
}

/// Puts some of two things on the shelves, less than there should be, and says what jobs need.
fn furnish(stage: &Stage, skus: &[String; 2]) {
    for sku in skus {
        let supply = json!({ "name": "Губка 🧽", "on_hand": 10, "reorder_point": 20, "order_quantity": 50 });
        good(&stage.ask("set-supply").by(&supplier()).at(sku).send(&supply));
    }
    let kit = json!({ "lines": [{ "sku": skus[0], "quantity": 2 }, { "sku": skus[1], "quantity": 1 }] });
    good(&stage.ask("set-service-supplies").by(&supplier()).at(service(0)).send(&kit));
}

/// A depot of two workers.
pub fn depot(stage: &Stage, workers: [AccountId; 2]) -> Depot {
    let skus = ["SPONGE".to_owned(), "BRUSH".to_owned()];
    furnish(stage, &skus);
    for (n, account) in [
        (102, workers[0]),
        (104, workers[1]),
        (106, workers[0]),
        (108, workers[1]),
    ] {
        hear(stage, n, account);
    }
    let draws = [request(stage, 106, workers[0]), request(stage, 108, workers[1])];
    assert!(stage.start("reorder-supplies"));
    let purchases = ids(&good(&stage.ask("list-purchases").by(&supplier()).get()));
    stage.settle().unwrap();
    Depot {
        skus,
        services: [service(0), service(1)].map(|service| service.to_string()),
        jobs: [102, 104].map(|n| JobId::from_bits(n).to_string()),
        draws,
        purchases,
    }
}

/// Everything that supplies announce.
pub fn day(stage: &Stage) {
    let staff = || supplier();
    let account = caller(1003, Role::Worker).account;
    let skus = ["SPONGE".to_owned(), "BRUSH".to_owned()];
    furnish(stage, &skus);
    for n in [201, 202, 204] {
        hear(stage, n, account);
    }
    let (served, refused) = (request(stage, 202, account), request(stage, 204, account));
    good(&stage.ask("issue-supplies").by(&staff()).at(served).get());
    let refusal = stage.ask("refuse-supplies").by(&staff()).at(refused).key("the-key-of-the-refusal");
    good(&refusal.send(&json!({ "reason": "Take what is left" })));
    let cancelled = JobCancelled {
        job: JobId::from_bits(204),
        request: RequestId::from_bits(204),
        attempt: 1,
        client: caller(1002, Role::Customer).account,
        worker: account,
        service: service(204),
        price: Money::new(10_000, Currency::RUB),
        ended_at: stage.now(),
    };
    for function in ["lapse-draw", "cancel-cookie"] {
        assert!(stage.deliver(function, &event(stage, &cancelled, 1, 2)), "{function}");
    }
    assert!(stage.start("reorder-supplies"));
    let [first, second]: [String; 2] = ids(&good(&stage.ask("list-purchases").by(&staff()).get()));
    let receive = stage.ask("receive-purchase").by(&staff()).at(&first).key("the-key-of-the-receipt");
    good(&receive.send(&json!({ "quantity": 50 })));
    good(&stage.ask("close-purchase").by(&staff()).at(&second).get());
    stage.settle().unwrap();
}
