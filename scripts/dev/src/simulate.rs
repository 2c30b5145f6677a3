//! `cargo dev simulate`: nothing lost, nothing twice, under a seed.

use crate::{Options, Outcome};
use simulation::bugs::BUGS;
use simulation::runner::{self, Summary};
use std::time::Duration;

/// How many seeds a planted bug may take to be caught.
const SEEDS_TO_CATCH: u64 = 50;
/// How many histories are run twice to see that a seed determines them.
const TWICE: u64 = 100;

/// Runs one seed and shows it, or many and sums them up.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["seed", "seeds", "steps"])?;
    let steps = options.get("steps", 500)?;
    if options.has("seed") {
        return show(options.get("seed", 0)?, steps);
    }
    let seeds = options.get("seeds", 500)?;
    let start = std::time::Instant::now();
    let summary = runner::run_many(0, seeds, steps, None);
    report(&summary, start.elapsed());
    let mut missed = Vec::new();
    for bug in &BUGS {
        match runner::seeds_to_catch(bug, SEEDS_TO_CATCH, steps) {
            Some(seeds) => println!("planted bug caught after {seeds} seed(s): {}", bug.name),
            None => missed.push(bug.name),
        }
    }
    let same = (0..TWICE).filter(|seed| hash(*seed, steps) == hash(*seed, steps)).count();
    println!("same seed, same history: {same}/{TWICE}");
    match (summary.failed.first(), missed.first()) {
        (Some((seed, _)), _) => Err(format!("see it: cargo dev simulate --seed {seed} --steps {steps}")),
        (None, Some(bug)) => Err(format!("a planted bug was not caught: {bug}")),
        (None, None) if same as u64 != TWICE => Err("a seed does not determine its history".to_owned()),
        (None, None) => Ok(()),
    }
}

fn hash(seed: u64, steps: u64) -> String {
    runner::run(seed, steps, false, None).trace.hash()
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn report(summary: &Summary, took: Duration) {
    let seconds = took.as_secs_f64().max(0.001);
    println!(
        "seeds: {}, {} steps ({:.0} steps/s), {} of them with invocations that overlap",
        summary.seeds,
        summary.steps,
        summary.steps as f64 / seconds,
        summary.overlapping,
    );
    for (seed, violations) in summary.failed.iter().take(5) {
        println!("seed {seed}:");
        for violation in violations.iter().take(5) {
            println!("  {violation}");
        }
    }
    println!("{} seeds with violations", summary.failed.len());
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn show(seed: u64, steps: u64) -> Outcome {
    let outcome = runner::run(seed, steps, true, None);
    for (n, line) in outcome.trace.lines().iter().enumerate() {
        println!("{n:6} {line}");
    }
    println!("trace {}", outcome.trace.hash());
    match outcome.violations.is_empty() {
        true => Ok(()),
        false => Err(outcome.violations.join("\n")),
    }
}
