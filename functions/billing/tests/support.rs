//! What the tests of billing share: people, jobs that end, weeks that pass, and a look at what is stored, announced
//! and transferred.

use billing::balance::Balance;
use billing::calendar::{Calendar, Period};
use billing::ledger::{Account, Entry, Leg, Personal, Side};
use billing::payout::Payout;
use billing::posting::Txn;
use billing::store::{balance_key, payout_key, txn_key};
use contracts::jobs::{JobCancelled, JobCompleted, JobFailed, JobMissed};
use contracts::payments::InvoicePaid;
use kernel::{AccountId, Currency, InvoiceId, JobId, Money, PaymentId, Principal, RequestId, Role, ServiceId};
use local::outside::{OutsideCall, Service};
use local::stage::Stage;
use local::testing::{caller, event, item};
use local::trigger::HttpResponse;
use platform::Figure;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

pub use local::testing::{interfere, told as announced, writes};

/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";
/// The list price of a job, in kopecks.
pub const PRICE: i64 = 10_000;
pub const HOUR: Duration = Duration::from_secs(3600);

/// How a job ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Completed,
    Cancelled,
    Failed,
    Missed,
}

pub fn client() -> Principal {
    caller(1, Role::Customer)
}

pub fn worker() -> Principal {
    caller(2, Role::Worker)
}

pub fn manager() -> Principal {
    caller(100, Role::Manager)
}

pub fn other_manager() -> Principal {
    caller(101, Role::Manager)
}

pub fn roubles(minor: i64) -> Money {
    Money::new(minor, Currency::RUB)
}

pub fn stage() -> Stage {
    Stage::new(vec![billing::context()]).unwrap()
}

pub fn calendar() -> Calendar {
    Calendar::read(Calendar::DEFAULT).unwrap()
}

/// The first week of every stage.
pub fn week() -> Period {
    "2026-01-11".parse().unwrap()
}

/// Job `n` ends, by this client and worker, at this price.
pub fn job(stage: &Stage, n: u128, end: End, (client, worker): (u128, u128), price: i64) -> Value {
    macro_rules! ended {
        ($event:ident) => {
            event(
                stage,
                &$event {
                    job: JobId::from_bits(n),
                    request: RequestId::from_bits(n),
                    attempt: 1,
                    client: AccountId::from_bits(client),
                    worker: AccountId::from_bits(worker),
                    service: ServiceId::from_bits(1),
                    price: roubles(price),
                    ended_at: stage.now(),
                },
                1,
                1,
            )
        };
    }
    match end {
        End::Completed => ended!(JobCompleted),
        End::Cancelled => ended!(JobCancelled),
        End::Failed => ended!(JobFailed),
        End::Missed => ended!(JobMissed),
    }
}

/// Job `n` of the client and the worker ends and is settled.
pub fn ends(stage: &Stage, n: u128, end: End) {
    assert!(stage.deliver("settle-job", &job(stage, n, end, (1, 2), PRICE)), "{:?}", stage.log().last());
}

/// An invoice is paid; whether that was dealt with.
pub fn pays(stage: &Stage, payment: u128, invoice: InvoiceId, client: u128, minor: i64) -> bool {
    let paid = InvoicePaid {
        invoice,
        client: AccountId::from_bits(client),
        payment: PaymentId::from_bits(payment),
        amount: roubles(minor),
    };
    // The relay's ids are of payments; here the version tells those of one invoice apart.
    stage.deliver("settle-invoice", &event(stage, &paid, 1, u64::try_from(payment).unwrap()))
}

fn personal(n: u128, side: Side) -> Personal {
    Personal {
        owner: AccountId::from_bits(n),
        side,
        currency: Currency::RUB,
    }
}

/// Somebody's balance as it is stored.
pub fn stored_balance(stage: &Stage, n: u128, side: Side) -> Balance {
    let account = personal(n, side);
    item(stage, "billing", &balance_key(account)).unwrap_or_else(|| Balance::empty(account))
}

/// What a worker has, in kopecks.
pub fn earned(stage: &Stage, n: u128) -> i64 {
    stored_balance(stage, n, Side::Worker).available_minor
}

/// What a client has, in kopecks: below zero what is owed.
pub fn owed(stage: &Stage, n: u128) -> i64 {
    stored_balance(stage, n, Side::Client).available_minor
}

/// A fact as it was entered.
pub fn txn(stage: &Stage, fact: &str) -> Option<Txn> {
    item(stage, "billing", &txn_key(fact))
}

/// Lets time pass until the run of the first week is due, and one minute more.
pub fn until_run(stage: &Stage) {
    until(stage, week());
}

/// The same for any week.
pub fn until(stage: &Stage, period: Period) {
    let wait = calendar().run_of(period).as_millis() - stage.now().as_millis() + 60_000;
    stage.pass(Duration::from_millis(u64::try_from(wait).unwrap()));
}

/// The clock starts the run; everything happens that follows, webhooks within a minute too.
pub fn run(stage: &Stage) {
    assert!(stage.start("begin-run"), "{:?}", stage.log().last());
    stage.rest(Duration::from_secs(60)).unwrap();
}

/// The payout of a worker for a week, as it is stored.
pub fn payout(stage: &Stage, n: u128, period: Period) -> Option<Payout> {
    let id = billing::payout::id_of(period, AccountId::from_bits(n), Currency::RUB);
    item(stage, "billing", &payout_key(id))
}

/// The invoice of a client for a week.
pub fn invoice_id(n: u128, period: Period) -> InvoiceId {
    billing::invoice::id_of(period, AccountId::from_bits(n), Currency::RUB)
}

/// What the provider transferred, by reference.
pub fn transferred(stage: &Stage) -> BTreeMap<String, i64> {
    stage.cloud.sandboxes().kept("golden-hat")
}

/// How many events of a type there are among these.
pub fn count(events: &[(String, Value)], kind: &str) -> usize {
    events.iter().filter(|(known, _)| known == kind).count()
}

/// The run of a week as a manager sees it.
pub fn view(stage: &Stage, period: Period, query: &str) -> Value {
    let answer = stage.ask("get-run").by(&manager()).at(period).query(query).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

/// A manager credits or fines somebody.
pub fn adjust(stage: &Stage, key: &str, n: u128, side: &str, minor: i64) -> HttpResponse {
    let body = json!({
        "account": AccountId::from_bits(n), "side": side, "reason": "За усердие",
        "amount": { "amount_minor": minor, "currency": "RUB" },
    });
    stage.ask("adjust-account").by(&manager()).key(key).send(&body)
}

/// Whether a call asks the provider for something: a method.
pub fn asks(call: &OutsideCall, method: &str) -> bool {
    call.service == Service::Partner && call.operation == method
}

/// `minor` from one account to another.
pub fn entry(from: Account, to: Account, minor: i64) -> Entry {
    Entry::of([Leg::new(from, roubles(-minor)), Leg::new(to, roubles(minor))]).unwrap()
}

/// The run of the first week as it is stored.
pub fn item_of_run(stage: &Stage) -> billing::run::Run {
    item(stage, "billing", &billing::store::run_key(week())).expect("the run was begun")
}

/// Checks that managers and auditors get past the caller's check of a function, and nobody else.
pub fn only_for_overseers<'s>(ask: impl Fn() -> local::ask::Ask<'s>) {
    local::testing::only_for_either(platform::http::Overseer::ROLES, ask);
}
