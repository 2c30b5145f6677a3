//! `cargo dev cost`: what each use case costs, in DynamoDB's own units, and the price of a million of them.
//!
//! The figures are asked of each call (`ReturnConsumedCapacity`) on the embedded cloud. A test holds the tables.

mod billing;
mod hiring;
mod matching;
pub(crate) mod measure;
mod partnering;
mod paying;
mod sensors;
mod story;
mod supplies;
mod training;
mod working;

use crate::Outcome;
use local::metering::Cost;

pub use story::{Bill, Item};

/// What one use case costs.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The use case, and on what.
    pub case: String,
    /// Read request units.
    pub reads: f64,
    /// Write request units, indexes included.
    pub writes: f64,
    /// Calls that read.
    pub read_calls: usize,
    /// Calls that write.
    pub write_calls: usize,
}

impl Row {
    /// The sum of some calls.
    pub(crate) fn of<'c>(case: &str, costs: impl Iterator<Item = &'c Cost> + Clone) -> Self {
        Self {
            case: case.to_owned(),
            // Added to zero: the sum of nothing is a negative one.
            reads: 0.0 + costs.clone().map(|cost| cost.reads).sum::<f64>(),
            writes: 0.0 + costs.clone().map(|cost| cost.writes).sum::<f64>(),
            read_calls: costs.clone().filter(|cost| cost.reads > 0.0).count(),
            write_calls: costs.filter(|cost| cost.writes > 0.0).count(),
        }
    }

    /// US dollars for a million.
    pub(crate) fn dollars(&self) -> f64 {
        self.reads * DOLLARS_A_MILLION_READS + self.writes * DOLLARS_A_MILLION_WRITES
    }
}

/// US dollars for a million request units in us-east-1, on demand.
const DOLLARS_A_MILLION_READS: f64 = 0.125;
pub(crate) const DOLLARS_A_MILLION_WRITES: f64 = 0.625;

/// What was measured.
pub struct Costs {
    /// Use cases, in the order of a customer's life.
    pub cases: Vec<Row>,
    /// One order of ten lines from its placing to its delivery, function by function.
    pub story: Vec<Row>,
    /// The same order with everything that AWS charges for.
    pub bill: Bill,
}

/// Measures.
pub fn costs() -> Result<Costs, String> {
    let mut cases = measure::cases()?;
    cases.extend(supplies::cases()?);
    cases.extend(sensors::cases()?);
    cases.extend(training::cases()?);
    cases.extend(billing::cases()?);
    cases.extend(paying::cases()?);
    let (story, bill) = story::order()?;
    Ok(Costs { cases, story, bill })
}

impl Costs {
    /// The tables as texts, as docs/cost.md has them.
    pub fn render(&self) -> [String; 3] {
        [
            rows("use case", &self.cases),
            rows("function", &self.story),
            self.bill.render(),
        ]
    }
}

fn rows(of: &str, rows: &[Row]) -> String {
    let mut text = format!(
        "| {of} | read units | write units | read calls | write calls | $ a million |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let Row { case, reads, writes, read_calls, write_calls } = row;
        let dollars = row.dollars();
        text += &format!("| {case} | {reads} | {writes} | {read_calls} | {write_calls} | {dollars:.2} |\n");
    }
    text
}

/// Prints the tables.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run() -> Outcome {
    println!("{}", costs()?.render().join("\n"));
    Ok(())
}
