//! `cargo dev cost`: what each use case costs, in DynamoDB's own units, and the price of a million of them.
//!
//! The figures are asked of each call (`ReturnConsumedCapacity`) on the embedded cloud. A test holds the table.

use crate::Outcome;
use kernel::{AccountId, Principal, Role};
use local::metering::Cost;
use local::stage::Stage;
use serde_json::{Value, json};

/// What one use case costs.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The use case, and on what.
    pub case: &'static str,
    /// Read request units.
    pub reads: f64,
    /// Write request units, indexes included.
    pub writes: f64,
    /// Calls that read.
    pub read_calls: usize,
    /// Calls that write.
    pub write_calls: usize,
}

/// US dollars for a million request units in us-east-1, on demand.
const DOLLARS_A_MILLION_READS: f64 = 0.125;
const DOLLARS_A_MILLION_WRITES: f64 = 0.625;

/// The table, in the order of an order's life.
pub fn table() -> Result<Vec<Row>, String> {
    let stage = Stage::new(simulation::contexts())?;
    let mut rows = Vec::new();
    let mut note = |case, costs: Vec<Cost>, function: &str| {
        let costs: Vec<Cost> = costs.into_iter().filter(|cost| cost.function == function).collect();
        rows.push(Row {
            case,
            // Added to zero: the sum of nothing is a negative one.
            reads: 0.0 + costs.iter().map(|cost| cost.reads).sum::<f64>(),
            writes: 0.0 + costs.iter().map(|cost| cost.writes).sum::<f64>(),
            read_calls: costs.iter().filter(|cost| cost.reads > 0.0).count(),
            write_calls: costs.iter().filter(|cost| cost.writes > 0.0).count(),
        });
    };
    for n in 0..LARGE {
        let sku = format!("SKU-{n:04}");
        expect(200, stage.ask("set-product").by(&manager()).at(&sku).send(&product(n)))?;
        if n == 0 {
            note("set-product", stage.costs(), "set-product");
        }
        expect(200, stage.ask("set-stock").by(&manager()).at(&sku).send(&json!({ "on_hand": 1_000_000 })))?;
        if n == 0 {
            note("set-stock", stage.costs(), "set-stock");
            stage.settle()?;
            note("keep-price", stage.costs(), "keep-price");
        }
    }
    stage.settle()?;
    stage.costs();
    for (lines, placing, reserving, marking) in [
        (1, "place-order, 1 line", "reserve-stock, 1 line", "mark-reserved, 1 line"),
        (10, "place-order, 10 lines", "reserve-stock, 10 lines", "mark-reserved, 10 lines"),
        (LARGE, "place-order, 674 lines", "reserve-stock, 674 lines", "mark-reserved, 674 lines"),
    ] {
        let key = format!("the-key-of-an-order-of-{lines}-lines");
        let placed = stage.ask("place-order").by(&customer()).key(&key).send(&order(lines));
        let placed = expect(201, placed)?;
        note(placing, stage.costs(), "place-order");
        stage.settle()?;
        let settled = stage.costs();
        note(reserving, settled.clone(), "reserve-stock");
        note(marking, settled, "mark-reserved");
        if lines == 10 {
            let id = placed["id"].as_str().unwrap_or_default();
            expect(200, stage.ask("get-order").by(&customer()).at(id).get())?;
            note("get-order, 10 lines", stage.costs(), "get-order");
            let key = "the-key-of-a-cancellation";
            expect(200, stage.ask("cancel-order").by(&customer()).at(id).key(key).send(&json!({})))?;
            note("cancel-order, 10 lines", stage.costs(), "cancel-order");
            stage.settle()?;
            note("release-stock, 10 lines", stage.costs(), "release-stock");
        }
    }
    Ok(rows)
}

/// The largest order of the retail data set.
const LARGE: usize = 674;

fn expect(status: u16, answer: local::trigger::HttpResponse) -> Result<Value, String> {
    match answer.status_code == status {
        true => Ok(answer.json()),
        false => Err(format!("{} instead of {status}: {}", answer.status_code, answer.body)),
    }
}

fn product(n: usize) -> Value {
    json!({
        // As long as the titles of the retail data set are on average.
        "title": format!("WHITE HANGING HEART HOLDER {n:04}"),
        "prices": [{ "amount_minor": 255, "currency": "GBP" }],
        "published": true,
    })
}

fn order(lines: usize) -> Value {
    let wanted: Vec<Value> = (0..lines).map(|n| json!({ "sku": format!("SKU-{n:04}"), "quantity": 6 })).collect();
    json!({
        "lines": wanted,
        "address": {
            "name": "Maria Alexandrovna Petrova", "street": "221B Baker Street, second floor", "city": "London",
            "postcode": "NW1 6XE", "country": "GB",
        },
        "expected_total": { "amount_minor": 255 * 6 * lines, "currency": "GBP" },
    })
}

fn customer() -> Principal {
    Principal {
        account: AccountId::from_bits(1),
        roles: vec![Role::Customer],
    }
}

fn manager() -> Principal {
    Principal { account: AccountId::from_bits(2), roles: vec![Role::Manager] }
}

/// The table as text, as docs/cost.md has it.
pub fn render(rows: &[Row]) -> String {
    let mut text = String::from(
        "| use case | read units | write units | read calls | write calls | $ a million |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let dollars = row.reads * DOLLARS_A_MILLION_READS + row.writes * DOLLARS_A_MILLION_WRITES;
        let (case, reads, writes) = (row.case, row.reads, row.writes);
        text += &format!("| {case} | {reads} | {writes} | {} | {} | {dollars:.2} |\n", row.read_calls, row.write_calls);
    }
    text
}

/// Prints the table.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run() -> Outcome {
    print!("{}", render(&table()?));
    Ok(())
}
