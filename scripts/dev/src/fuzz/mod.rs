//! `cargo dev fuzz`: damaged input for everything that reads input from outside, in the very functions that are
//! deployed. A crash is a panic, an error that is ours (5xx), or a forgery that passes.
//!
//! The damage is random, the same for a seed; it is not guided by what code it reaches. What guides it instead is that
//! it knows the shapes: events, requests and cursors are damaged inside, and what is signed is signed again.

mod damage;
mod files;
mod targets;

use crate::{Options, Outcome};
use local::simulation::Random;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;
use targets::Prepare;

/// After so many executions a target begins with an empty cloud: what was accepted piles up.
const FRESH: u64 = 5_000;
/// How many crashes are shown.
const SHOWN: usize = 5;

thread_local! {
    /// Where the last panic was, which its catcher is not told.
    static PANICKED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs every target, or those whose names contain `--only`.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["executions", "only", "seed"])?;
    let (executions, seed): (u64, u64) = (options.get("executions", 100_000)?, options.get("seed", 1)?);
    let only = options.get("only", String::new())?;
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|panic| PANICKED.set(panic.to_string())));
    let (mut crashes, mut targets) = (0, 0);
    for (name, target) in targets::ALL.iter().filter(|(name, _)| name.contains(only.as_str())) {
        let begun = Instant::now();
        let told = fuzz(*target, executions, seed)?;
        println!(
            "{name:<10} {executions} executions, {} accepted, {} crashes ({:.0} s)",
            told.accepted,
            told.crashes.len(),
            begun.elapsed().as_secs_f64()
        );
        for crash in told.crashes.iter().take(SHOWN) {
            println!("  {crash}");
        }
        crashes += told.crashes.len();
        targets += 1;
    }
    println!("fuzz: {} executions of {targets} targets, {crashes} crashes", executions * targets);
    std::panic::set_hook(usual);
    match crashes {
        0 => Ok(()),
        crashes => Err(format!("{crashes} crashes")),
    }
}

/// What came of a target's executions.
struct Told {
    /// How many damaged inputs were taken for good ones.
    accepted: u64,
    crashes: Vec<String>,
}

fn fuzz(target: Prepare, executions: u64, seed: u64) -> Result<Told, String> {
    let mut told = Told { accepted: 0, crashes: Vec::new() };
    let mut random = Random::new(seed);
    let mut execute = target()?;
    for execution in 0..executions {
        if execution % FRESH == FRESH - 1 {
            execute = target()?;
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| execute(&mut random)));
        match outcome.unwrap_or_else(|_| Err(PANICKED.take())) {
            Ok(accepted) => told.accepted += u64::from(accepted),
            Err(crash) => told.crashes.push(format!("execution {execution}: {crash}")),
        }
    }
    Ok(told)
}
