//! `cargo dev mutants`: whether the simulation sees each condition that is left out.

use crate::{Options, Outcome};
use simulation::mutants::{Site, sites};
use simulation::runner;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Mutants that do no harm, and why: `site — reason`.
const SURVIVORS: &str = include_str!("../../../tests/simulation/survivors.txt");
/// Histories in which sites are looked for.
const LOOKED_AT: u64 = 24;

/// Tries every mutant.
#[allow(clippy::print_stdout, reason = "a measurement on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["seeds", "steps", "only"])?;
    let (seeds, steps) = (options.get("seeds", 40)?, options.get("steps", 500)?);
    let only: String = options.get("only", String::new())?;
    let sites: Vec<Site> =
        sites(LOOKED_AT, steps).into_iter().filter(|site| site.to_string().contains(&only)).collect();
    let excused: BTreeMap<&str, &str> = SURVIVORS.lines().filter_map(|line| line.split_once(" — ")).collect();
    let results = Mutex::new(vec![None; sites.len()]);
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((n, site)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, sites.get(n)?))) {
            let seeds = runner::seeds_to_catch(&site.mutant(), seeds, steps);
            results.lock().unwrap_or_else(PoisonError::into_inner)[n] = seeds;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (mut caught, mut harmless, mut wrong) = (0, 0, Vec::new());
    for (site, seeds) in sites.iter().zip(results) {
        let name = site.to_string();
        match (seeds, excused.get(name.as_str())) {
            (Some(seeds), None) => {
                caught += 1;
                println!("caught after {seeds} seed(s): {name}");
            }
            (None, Some(reason)) => {
                harmless += 1;
                println!("harmless, because {reason}: {name}");
            }
            (Some(_), Some(_)) => wrong.push(format!("caught, though survivors.txt calls it harmless: {name}")),
            (None, None) => wrong.push(format!("not caught: {name}")),
        }
    }
    println!("mutants: {} of {} caught, {harmless} harmless", caught, sites.len());
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}
