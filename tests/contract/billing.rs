//! A week of billing: jobs end, people are credited and fined, the run invoices and pays, a payout fails and is tried
//! again, an invoice is paid.

use contracts::jobs::{JobCompleted, JobFailed};
use kernel::{AccountId, Currency, JobId, Money, Principal, RequestId, Role, ServiceId};
use local::stage::Stage;
use local::testing::{caller, event, good};
use serde_json::{Value, json};
use std::time::Duration;

/// 60 % of it is an amount whose payout the provider's sandbox fails.
const FAILS: i64 = 10_022;

/// Ids of what a week leaves behind, two of each.
pub struct Leftovers {
    /// An invoice of each client.
    pub invoices: [String; 2],
    /// Payouts that failed.
    pub payouts: [String; 2],
    /// Fines that wait for a second manager, who is any but number 1001.
    pub adjustments: [String; 2],
    /// Weeks that were run.
    pub runs: [String; 2],
}

/// Everything that billing announces, from Monday to the Sunday after.
pub fn day(stage: &Stage) {
    let client = caller(1, Role::Customer);
    let left = week(stage, [client.account, AccountId::from_bits(2)]);
    let [adjustment, _] = &left.adjustments;
    let ask = stage
        .ask("decide-adjustment")
        .by(&caller(1002, Role::Manager))
        .at(adjustment)
        .key("a-key-to-decide-by");
    good(&ask.send(&json!({ "approve": true })));
    let [payout, _] = &left.payouts;
    let ask = stage.ask("retry-payout").by(&caller(1002, Role::Manager)).at(payout).key("a-key-to-retry-with");
    good(&ask.get());
    crate::paying::day(stage, &left.invoices[0]);
    stage.rest(Duration::from_secs(60)).unwrap();
}

/// Two weeks go by in which both clients had jobs done; the first is run with all that follows.
pub fn week(stage: &Stage, clients: [AccountId; 2]) -> Leftovers {
    for (n, (client, price)) in (1..).zip([(clients[0], 10_000), (clients[1], FAILS), (clients[0], FAILS)]) {
        assert!(stage.deliver("settle-job", &completed(stage, n, client, price)));
    }
    assert!(stage.deliver("settle-job", &failed(stage, 4, clients[1])));
    let adjust = |worker: u128, key: &str, minor: i64| {
        let body = json!({
            "account": AccountId::from_bits(worker), "side": "worker", "reason": "Left the site unlocked",
            "amount": roubles(minor),
        });
        good(&stage.ask("adjust-account").by(&proposer()).key(key).send(&body))
    };
    adjust(2_001, "a-fine-that-one-may-give", -100);
    // What is proposed is held back: of who has nothing to be paid.
    let keys = ["a-fine-for-two-managers-1", "a-fine-for-two-managers-2"];
    let adjustments = keys.map(|key| id(&adjust(2_004, key, -600_000)));
    stage.settle().unwrap();
    // To the Sunday after the next one, some time after three in Moscow.
    stage.pass(Duration::from_secs(12 * 86_400 + 17 * 3600));
    let runs = ["2026-01-11", "2026-01-18"].map(|period| {
        good(&stage.ask("start-run").by(&proposer()).at(period).get());
        stage.rest(Duration::from_secs(60)).unwrap();
        period.to_owned()
    });
    let run = good(&stage.ask("get-run").by(&proposer()).at("2026-01-11").get());
    let payouts = [0, 1].map(|n| id(&run["payouts"]["items"][n]));
    let invoices = clients.map(|account| {
        let client = Principal { account, roles: vec![Role::Customer] };
        id(&good(&stage.ask("list-invoices").by(&client).get())["items"][0])
    });
    Leftovers { invoices, payouts, adjustments, runs }
}

fn proposer() -> Principal {
    caller(1001, Role::Manager)
}

fn roubles(minor: i64) -> Money {
    Money::new(minor, Currency::RUB)
}

/// Worker 2,000 and so many did a job of this price.
fn completed(stage: &Stage, n: u128, client: AccountId, price: i64) -> Value {
    let job = JobCompleted {
        job: JobId::from_bits(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        client,
        worker: AccountId::from_bits(2_000 + n),
        service: ServiceId::from_bits(1),
        price: roubles(price),
        ended_at: stage.now(),
    };
    event(stage, &job, 1, 1)
}

fn failed(stage: &Stage, n: u128, client: AccountId) -> Value {
    let job = JobFailed {
        job: JobId::from_bits(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        client,
        worker: AccountId::from_bits(2_000 + n),
        service: ServiceId::from_bits(1),
        price: roubles(10_000),
        ended_at: stage.now(),
    };
    event(stage, &job, 1, 1)
}

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id in {body}")).to_owned()
}
