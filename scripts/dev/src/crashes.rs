//! `cargo dev crashes`: every workflow with a fault at every call it makes, and pairs of them.

use crate::{Options, Outcome};
use simulation::matrix::{self, WORKFLOWS};

/// Tries them all (`--pairs false`: with single faults only; `--every N`: of workflows of the town, which take long, each
/// N-th of those), or the one of this number, with the first plan under which it goes wrong shown.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["workflow", "pairs", "every"])?;
    let with_pairs = options.get("pairs", true)?;
    let only: usize = options.get("workflow", 0)?;
    let every: usize = options.get("every", 1)?;
    let (mut points, mut pairs, mut failed) = (0, 0, 0);
    for (number, workflow) in (1..).zip(&WORKFLOWS).filter(|(number, _)| only == 0 || only == *number) {
        let start = std::time::Instant::now();
        let tried = matrix::attempt(workflow, with_pairs, every)?;
        println!(
            "{number} {}: {} points, {} pairs, {} violations ({:.0} s)",
            workflow.name,
            tried.points,
            tried.pairs,
            tried.failed.len(),
            start.elapsed().as_secs_f64(),
        );
        for (plan, violation) in tried.failed.iter().take(5) {
            println!("  {plan:?}: {violation}");
        }
        if let Some((plan, _)) = tried.failed.first().filter(|_| only != 0) {
            let outcome = workflow.play(plan.clone(), true)?;
            println!("{}", outcome.trace.lines().join("\n"));
        }
        (points, pairs, failed) = (points + tried.points, pairs + tried.pairs, failed + tried.failed.len());
    }
    println!("crash matrix: {points} points, {pairs} pairs, {failed} violations");
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} plans end badly; see one: cargo dev crashes --workflow N")),
    }
}
