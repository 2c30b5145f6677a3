//! `cargo dev simulate`: nothing lost, nothing twice, under a seed.

use crate::{Options, Outcome};
use simulation::bugs::{Bug, bugs};
use simulation::runner::{self, History, Summary};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How many seeds a planted bug may take to be caught.
const SEEDS_TO_CATCH: usize = 600;
/// How many histories are played twice to see that a seed determines them.
const TWICE: u64 = 100;

/// Plays one seed and shows it, or many and sums them up.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["seed", "seeds", "steps", "bug"])?;
    let steps = options.get("steps", 500)?;
    let bugs = bugs();
    let planted = match options.get("bug", 0_usize)? {
        0 => None,
        number => Some(bugs.get(number - 1).ok_or_else(|| format!("there are {} bugs", bugs.len()))?),
    };
    if options.has("seed") || planted.is_some() {
        return show(options.get("seed", 0)?, steps, planted);
    }
    let seeds = options.get("seeds", 500)?;
    let start = std::time::Instant::now();
    let summary = runner::play_many(0, seeds, steps);
    report(&summary, start.elapsed());
    if let Some((seed, _)) = summary.failed.first() {
        minimised(&History::of(*seed, steps, None));
        return Err(format!("see it: cargo dev simulate --seed {seed} --steps {steps}"));
    }
    let missed = plant(&bugs, steps);
    let same = (0..TWICE).filter(|seed| hash(*seed, steps) == hash(*seed, steps)).count();
    println!("same seed, same history: {same}/{TWICE}");
    match missed.first() {
        Some(bug) => Err(format!("{} planted bugs were not caught: {bug}", missed.len())),
        None if same as u64 != TWICE => Err("a seed does not determine its history".to_owned()),
        None => Ok(()),
    }
}

/// Plants each bug; the names of those that no seed shows.
#[allow(clippy::print_stdout, reason = "this is a command line")]
fn plant(bugs: &[Bug], steps: u64) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let caught = Mutex::new(vec![None; bugs.len()]);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((n, bug)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, bugs.get(n)?)))
                {
                    let seeds = runner::seeds_to_catch(bug, SEEDS_TO_CATCH, steps);
                    caught.lock().unwrap_or_else(PoisonError::into_inner)[n] = seeds;
                }
            });
        }
    });
    let caught = caught.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut missed = Vec::new();
    for (n, (bug, seeds)) in bugs.iter().zip(caught).enumerate() {
        match seeds {
            Some(seeds) => println!("planted bug {:2} caught after {seeds} seed(s): {}", n + 1, bug.name),
            None => missed.push(bug.name.clone()),
        }
    }
    println!("planted bugs: {} of {} caught", bugs.len() - missed.len(), bugs.len());
    missed
}

fn hash(seed: u64, steps: u64) -> String {
    History::of(seed, steps, None).play(false).outcome.trace.hash()
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn report(summary: &Summary, took: Duration) {
    let seconds = took.as_secs_f64().max(0.001);
    println!(
        "seeds: {}, {} steps ({:.0} steps/s), {} commands ({:.0} commands/s), {} invocations, {} pairs of them overlapping, {} faults, {} orders delivered, {} payouts made, {} moments of readings kept",
        summary.seeds,
        summary.steps,
        summary.steps as f64 / seconds,
        summary.commands,
        summary.commands as f64 / seconds,
        summary.invocations,
        summary.overlapping,
        summary.faults,
        summary.delivered,
        summary.paid,
        summary.kept,
    );
    for (seed, violations) in summary.failed.iter().take(5) {
        println!("seed {seed}:");
        for violation in violations.iter().take(5) {
            println!("  {violation}");
        }
    }
    println!("{} seeds with violations", summary.failed.len());
}

/// Shows the shortest history like this one that goes wrong.
#[allow(clippy::print_stdout, reason = "this is a command line")]
fn minimised(history: &History<'_>) {
    let least = history.minimised();
    let played = least.play(true);
    println!(
        "the shortest history like it, of {} steps with {} faults:",
        least.steps,
        played.outcome.struck.len()
    );
    for line in played.outcome.trace.lines() {
        println!("    {line}");
    }
    for violation in &played.outcome.violations {
        println!("  {violation}");
    }
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn show(seed: u64, steps: u64, bug: Option<&Bug>) -> Outcome {
    let history = History::of(seed, steps, bug);
    let played = history.play(true);
    if played.went_wrong() {
        minimised(&history);
        return Err(played.outcome.violations.join("\n"));
    }
    for (n, line) in played.outcome.trace.lines().iter().enumerate() {
        println!("{n:6} {line}");
    }
    println!("trace {}", played.outcome.trace.hash());
    Ok(())
}
