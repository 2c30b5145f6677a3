//! `cargo dev bench ledger`: the ledger's rules over two million random facts, and the stored ledger under a crowd.
//!
//! The same checks stand in the tests of billing, in small. The book is held to its rules after each fact; the table is
//! written to by many threads at once, and must come to exactly what they were told.

use crate::{Options, Outcome};
use billing::book::{Book, Entered};
use billing::calendar::Calendar;
use billing::ledger::{Account, Entry, Fact, Leg, Personal, Side};
use billing::posting::{Txn, enter};
use billing::store::balance_key;
use kernel::{AccountId, AdjustmentId, Currency, Money, PayoutId, Role};
use local::stage::Stage;
use local::testing::{caller, item};
use platform::http::{self, Customer, Json};
use platform::{Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::convert::Infallible;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

/// Histories of the book, and facts in each.
const HISTORIES: u64 = 10_000;
const FACTS: u64 = 200;
/// Threads that write to the table, and transfers of each.
const TASKS: u64 = 64;
const TRANSFERS: u64 = 1_000;
/// Accounts of the crowd, and what each has at first, in minor units.
const ACCOUNTS: u64 = 10;
const EACH: i64 = 100_000;

/// Measures, prints, judges.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "this is a command line, and what is measured")]
pub fn run(arguments: &[String]) -> Outcome {
    Options::read(arguments, &[])?;
    let start = Instant::now();
    let entered = histories()?;
    println!(
        "book: {HISTORIES} histories of {FACTS} facts in {:.1} s, {entered} entered",
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let done = crowd()?;
    let took = start.elapsed().as_secs_f64();
    println!(
        "table: {TASKS} × {TRANSFERS} transfers between {ACCOUNTS} accounts in {took:.1} s, {done} entered, exact"
    );
    Ok(())
}

/// Enters random facts, and checks the book after each; how many were entered.
fn histories() -> Result<u64, String> {
    let mut entered = 0;
    for history in 0..HISTORIES {
        let (mut book, mut dice) = (Book::default(), Dice(history));
        for _ in 0..FACTS {
            let [number, guarded, from, to, minor] = [150, 2, 5, 5, 1_000].map(|sides| dice.roll(sides));
            let fact = fact(number, guarded == 1);
            let entry = transfer(from, to, i64::try_from(minor).unwrap_or_default())?;
            let came = book.enter(&fact, &entry);
            entered += u64::from(came == Entered::Now);
            let is_short =
                guarded == 1 && minor > 0 && came == Entered::Now && from != to && book.balance(personal(from)) < 0;
            if !book.is_balanced() || (is_short && from != 0) {
                return Err(format!("history {history}: {fact:?} breaks the book"));
            }
        }
    }
    Ok(entered)
}

/// Has many threads move money between few accounts; how many transfers were entered.
fn crowd() -> Result<u64, String> {
    let mut billing = billing::context();
    billing.functions.push(Function {
        context: "billing",
        ..http::post("/v1/transfers", move_money)
    });
    let stage = Stage::new(vec![billing])?;
    for account in 1..=ACCOUNTS {
        tell(&stage, 1_000_000_000 + account, false, (0, account), EACH)?;
    }
    let (done, expected) = (AtomicU64::new(0), (0..=ACCOUNTS).map(|_| AtomicI64::new(EACH)).collect::<Vec<_>>());
    let failed = thread::scope(|scope| {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                scope.spawn({
                    let (stage, done, expected) = (&stage, &done, &expected);
                    move || task_of(stage, task, done, expected)
                })
            })
            .collect();
        tasks
            .into_iter()
            .find_map(|task| task.join().unwrap_or_else(|_| Err("a task panicked".to_owned())).err())
    });
    if let Some(reason) = failed {
        return Err(reason);
    }
    let mut total = 0;
    for (account, expected) in (0..).zip(&expected).skip(1) {
        let balance: Option<billing::balance::Balance> = item(&stage, "billing", &balance_key(personal(account)));
        let found = balance.map_or(0, |balance| balance.available_minor);
        if found != expected.load(Ordering::SeqCst) || found < 0 {
            return Err(format!("account {account} has {found} instead of {expected:?}"));
        }
        total += found;
    }
    match total == EACH * i64::try_from(ACCOUNTS).unwrap_or_default() {
        true => Ok(done.into_inner()),
        false => Err(format!("all accounts together have {total}")),
    }
}

fn task_of(stage: &Stage, task: u64, done: &AtomicU64, expected: &[AtomicI64]) -> Result<(), String> {
    let mut dice = Dice(task);
    for n in 0..TRANSFERS {
        let (from, to) = (1 + dice.roll(ACCOUNTS), 1 + dice.roll(ACCOUNTS));
        let minor = i64::try_from(dice.roll(30_000)).unwrap_or_default();
        if tell(stage, task * TRANSFERS + n, true, (from, to), minor)? {
            done.fetch_add(1, Ordering::SeqCst);
            for (account, minor) in [(from, -minor), (to, minor)] {
                if let Some(expected) = usize::try_from(account).ok().and_then(|account| expected.get(account)) {
                    expected.fetch_add(minor, Ordering::SeqCst);
                }
            }
        }
    }
    Ok(())
}

/// Has a transfer entered; whether it was.
fn tell(stage: &Stage, number: u64, guarded: bool, (from, to): (u64, u64), minor: i64) -> Result<bool, String> {
    let wish = json!({ "number": number, "guarded": guarded, "from": from, "to": to, "minor": minor });
    let answer = stage.ask("move-money").by(&caller(1, Role::Customer)).send(&wish);
    answer.json()["entered"].as_bool().ok_or(answer.body)
}

#[derive(Deserialize, JsonSchema)]
struct Wish {
    number: u64,
    guarded: bool,
    from: u64,
    to: u64,
    minor: i64,
}

#[derive(Serialize, JsonSchema)]
struct Moved {
    entered: bool,
}

async fn move_money(
    _: Customer,
    Json(wish): Json<Wish>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    billing: Table,
) -> Result<http::Ok<Moved>, Failure<Infallible>> {
    let entry = transfer(wish.from, wish.to, wish.minor).map_err(platform::Error::broken)?;
    let txn = Txn::new(fact(wish.number, wish.guarded), entry, now, calendar.period_of(now));
    let outcome = enter(&billing, txn, |transaction| transaction).await?;
    Ok(http::Ok {
        version: None,
        body: Moved { entered: outcome == billing::posting::Outcome::Done },
    })
}

fn fact(number: u64, guarded: bool) -> Fact {
    match guarded {
        true => Fact::Payout { payout: PayoutId::from_bits(number.into()), attempt: 1 },
        false => Fact::Adjustment { adjustment: AdjustmentId::from_bits(number.into()) },
    }
}

/// Account 0 is the platform's.
fn transfer(from: u64, to: u64, minor: i64) -> Result<Entry, String> {
    let account = |n: u64| {
        if n == 0 {
            Account::Adjustments
        } else {
            Account::Worker(AccountId::from_bits(n.into()))
        }
    };
    let legs = [(from, -minor), (to, minor)];
    Entry::of(legs.map(|(n, minor)| Leg::new(account(n), Money::new(minor, Currency::RUB))))
        .map_err(|error| error.to_string())
}

fn personal(n: u64) -> Personal {
    Personal {
        owner: AccountId::from_bits(n.into()),
        side: Side::Worker,
        currency: Currency::RUB,
    }
}

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 >> 33) ^ self.0;
        mixed % sides
    }
}
