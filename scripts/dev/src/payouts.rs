//! `cargo dev payouts`: a week's payouts while those who make them are killed at every boundary.

use crate::{Options, Outcome};
use simulation::payouts::{RUNNERS, play};

/// Pays so many workers, and says what came of it.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["workers", "seed"])?;
    let start = std::time::Instant::now();
    let paid = play(options.get("seed", 1)?, options.get("workers", 1000)?)?;
    println!(
        "payouts: {} workers, {RUNNERS} runners at once, {} invocations, {} killed, {} transfers, {} violations ({:.0} s)",
        paid.workers,
        paid.invocations,
        paid.kills,
        paid.transfers,
        paid.violations.len(),
        start.elapsed().as_secs_f64(),
    );
    match &paid.violations[..] {
        [] => Ok(()),
        violations => Err(violations.iter().take(5).cloned().collect::<Vec<_>>().join("\n")),
    }
}
