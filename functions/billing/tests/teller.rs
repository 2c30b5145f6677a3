//! A stage on which anything can be entered into the ledger, by a function of the tests' own.

use crate::book::{Step, personal};
use billing::book::Entered;
use billing::calendar::Calendar;
use billing::posting::{Outcome, Txn, enter};
use kernel::Role;
use local::stage::Stage;
use local::testing::caller;
use platform::http::{self, Customer, Json};
use platform::{Error, Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::convert::Infallible;
use std::ops::Range;

/// What to enter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    number: u64,
    guarded: bool,
    from: u64,
    to: u64,
    minor: i64,
}

/// What became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Told {
    outcome: &'static str,
}

async fn enter_anything(
    _: Customer,
    Json(wish): Json<Wish>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    billing: Table,
) -> Result<http::Ok<Told>, Failure<Infallible>> {
    let Wish { number, guarded, from, to, minor } = wish;
    let step = Step {
        number: number.into(),
        guarded,
        from: from.into(),
        to: to.into(),
        minor,
    };
    let txn = Txn::new(step.fact(), step.entry(), now, calendar.period_of(now));
    let outcome = match enter(&billing, txn, |transaction| transaction).await? {
        Outcome::Done => "done",
        Outcome::Known => "known",
        Outcome::Short => "short",
        Outcome::Changed => return Err(Error::broken("nothing stands beside it").into()),
    };
    Ok(http::Ok { version: None, body: Told { outcome } })
}

/// The stage.
pub fn teller() -> Stage {
    let mut billing = billing::context();
    billing.functions.push(Function {
        context: "billing",
        ..http::post("/v1/anything", enter_anything)
    });
    Stage::new(vec![billing]).unwrap()
}

/// Enters a step; what became of it.
pub fn tell(stage: &Stage, step: &Step) -> Entered {
    let Step { number, guarded, from, to, minor } = step;
    let wish = json!({ "number": number, "guarded": guarded, "from": from, "to": to, "minor": minor });
    let answer = stage.ask("enter-anything").by(&caller(1, Role::Customer)).send(&wish);
    match answer.json()["outcome"].as_str() {
        Some("done") => Entered::Now,
        Some("known") => Entered::Before,
        Some("short") => Entered::Short,
        _ => panic!("{}", answer.body),
    }
}

/// What workers have.
pub fn balances(stage: &Stage, of: Range<u128>) -> Vec<(u128, i64)> {
    of.map(|n| (n, crate::support::stored_balance(stage, n, personal(n).side).available_minor))
        .collect()
}
