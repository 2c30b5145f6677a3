//! `cargo dev bench writes`: placing an order takes as long in a table of 50,000 orders as in a small one, and costs the
//! same.
//!
//! The embedded cloud keeps tables and their streams in SQLite. Whatever scans them grows with every order: a desk
//! would become slower by the day, and long simulations of load impossible.

use super::{Folder, milliseconds};
use crate::{Options, Outcome};
use kernel::Role;
use local::metering::Cost;
use local::stage::Stage;
use local::testing::caller;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// Where it is measured: after so many orders, the last [`SITTING`] of them timed.
const STEPS: [usize; 4] = [1_000, 10_000, 20_000, 50_000];
/// How many orders are placed before the cloud is stopped and started again. dynoxide remembers the client token of
/// each transaction for ten minutes and goes through them all at the next: nobody at a desk makes so many in that
/// time, a benchmark does, and it has nothing to do with how many orders there are.
const SITTING: usize = 1_000;
/// How many orders are placed before what they caused is delivered.
const BATCH: usize = 50;
/// How many times its first time a write may take at the last step.
const BAR: f64 = 2.0;
/// By how much the units of an order may differ from step to step.
const SAME: f64 = 0.02;

/// What an order took at one step. Other work on the machine only ever adds: a quarter took no longer.
struct Step {
    orders: usize,
    /// Placing it: one write that is streamed.
    placing: Duration,
    /// All that followed: relaying, reserving its goods, marking it.
    following: Duration,
    /// DynamoDB's units of both: to read, to write.
    units: (f64, f64),
}

/// Measures, prints, judges.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    Options::read(arguments, &[])?;
    let folder = Folder::new()?;
    stock_shelves(&open(&folder.0)?)?;
    println!("   orders    placing one    what follows it    read units    write units");
    let mut measured: Vec<Step> = Vec::new();
    for first in (0..STEPS.iter().copied().max().unwrap_or_default()).step_by(SITTING) {
        let step = place_from(&open(&folder.0)?, first)?;
        if STEPS.contains(&step.orders) {
            println!(
                "{:>9} {:>11.3} ms {:>15.3} ms {:>13.3} {:>14.3}",
                step.orders,
                milliseconds(step.placing),
                milliseconds(step.following),
                step.units.0,
                step.units.1
            );
            measured.push(step);
        }
    }
    let (Some(first), Some(last)) = (measured.first(), measured.last()) else {
        return Ok(());
    };
    let ratio = |of: fn(&Step) -> Duration| of(last).as_secs_f64() / of(first).as_secs_f64();
    let (placing, following) = (ratio(|step| step.placing), ratio(|step| step.following));
    println!("last to first: placing {placing:.2} ×, what follows {following:.2} ×");
    let differs = |of: fn(&Step) -> f64| (of(last) / of(first) - 1.0).abs();
    let (reading, writing) = (differs(|step| step.units.0), differs(|step| step.units.1));
    println!("units of an order, last to first: {:.2} % apart", reading.max(writing) * 100.0);
    match (placing.max(following) <= BAR, reading.max(writing) <= SAME) {
        (true, true) => Ok(()),
        (false, _) => Err(format!("that is above {BAR} ×: something reads more the more there is")),
        (_, false) => Err(format!("that is more than {} %: an order costs more the more there are", SAME * 100.0)),
    }
}

fn open(folder: &Path) -> Result<Stage, String> {
    Stage::on_disk(simulation::contexts(), folder)
}

/// Places the orders of one sitting, from number `first` on.
#[allow(clippy::disallowed_methods, reason = "this is what is measured")]
fn place_from(stage: &Stage, first: usize) -> Result<Step, String> {
    let (mut placing, mut following) = (Vec::new(), Vec::new());
    stage.costs();
    for batch in (first..first + SITTING).step_by(BATCH) {
        for n in batch..batch + BATCH {
            let start = Instant::now();
            place(stage, n)?;
            placing.push(start.elapsed());
        }
        let start = Instant::now();
        stage.settle()?;
        following.push(start.elapsed() / BATCH as u32);
    }
    let costs = stage.costs();
    let of_each = |unit: fn(&Cost) -> f64| costs.iter().map(unit).sum::<f64>() / SITTING as f64;
    Ok(Step {
        orders: first + SITTING,
        units: (of_each(|cost| cost.reads), of_each(|cost| cost.writes)),
        placing: quarter(placing),
        following: quarter(following),
    })
}

/// What a quarter of them did not exceed.
fn quarter(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 4).copied().unwrap_or_default()
}

fn place(stage: &Stage, n: usize) -> Outcome {
    let customer = caller(n as u128 % 1_000, Role::Customer);
    let order = json!({
        "lines": [{ "sku": sku(n), "quantity": 1 }, { "sku": sku(n + 1), "quantity": 2 }],
        "address": { "name": "Maria Petrova", "street": "221B Baker Street", "city": "London", "postcode": "NW1 6XE", "country": "GB" },
        "expected_total": { "amount_minor": 300, "currency": "GBP" },
    });
    let key = format!("the-key-of-order-number-{n}");
    let answer = stage.ask("place-order").by(&customer).key(&key).send(&order);
    expect(answer.status_code, 201, &answer.body)
}

/// A hundred products, with enough on hand for everybody.
fn stock_shelves(stage: &Stage) -> Outcome {
    let manager = caller(u128::MAX, Role::Manager);
    let set = |function, n, body: Value| {
        let answer = stage.ask(function).by(&manager).at(sku(n)).send(&body);
        expect(answer.status_code, 200, &answer.body)
    };
    for n in 0..100 {
        let prices = json!([{ "amount_minor": 100, "currency": "GBP" }]);
        set("set-product", n, json!({ "title": "HOLDER", "prices": prices, "published": true }))?;
        set("set-stock", n, json!({ "on_hand": 1_000_000 }))?;
    }
    stage.settle()
}

fn sku(n: usize) -> String {
    format!("SKU-{:02}", n % 100)
}

fn expect(status: u16, expected: u16, body: &str) -> Outcome {
    match status == expected {
        true => Ok(()),
        false => Err(format!("{status} instead of {expected}: {body}")),
    }
}
