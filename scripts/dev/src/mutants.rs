//! `cargo dev mutants`: whether each condition that is left out is seen: by the simulation, wherever it is met, or by a
//! test.

mod tests;

use crate::{Options, Outcome};
use local::mutants::Site;
use simulation::mutants::{mutant, sites};
use simulation::runner::{self, World};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use tests::Tests;

/// Mutants that no history catches, because they do no harm or are too rare: `site — reason`. Where the reason is `test`
/// and a name, that test of the function's context fails without what stands at the site.
const SURVIVORS: &str = include_str!("../../../tests/simulation/survivors.txt");
/// Histories of each world in which sites are looked for.
const LOOKED_AT: usize = 16;
/// What is excused is looked for in so many times fewer histories: enough to see that its excuse is out of date.
const EXCUSED: usize = 8;

/// Tries every mutant.
#[allow(clippy::print_stdout, reason = "a measurement on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["seeds", "steps", "only", "world"])?;
    let (seeds, steps) = (options.get("seeds", 120)?, options.get("steps", 400)?);
    let only: String = options.get("only", String::new())?;
    let worlds = match options.get("world", "all".to_owned())?.as_str() {
        "shop" => vec![World::Shop],
        "town" => vec![World::Town],
        "club" => vec![World::Club],
        "all" => vec![World::Shop, World::Town, World::Club],
        other => return Err(format!("the worlds are shop, town and club, not {other}")),
    };
    let mut found = BTreeMap::<Site, Vec<World>>::new();
    for world in worlds {
        for site in sites(world, LOOKED_AT, steps) {
            found.entry(site).or_default().push(world);
        }
    }
    let sites: Vec<(Site, Vec<World>)> =
        found.into_iter().filter(|(site, _)| site.to_string().contains(&only)).collect();
    let excused: BTreeMap<&str, &str> = SURVIVORS.lines().filter_map(|line| line.split_once(" — ")).collect();
    let tests = Tests::build()?;
    let tally = Mutex::new(Tally::default());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((site, worlds)) = sites.get(next.fetch_add(1, Ordering::Relaxed)) {
            // What several worlds come by may do harm in one of them alone.
            let caught = |histories: usize| {
                worlds.iter().find_map(|world| runner::seeds_to_catch(&mutant(site, *world), histories, steps))
            };
            let verdict = verdict(site, excused.get(site.to_string().as_str()).copied(), seeds, caught, &tests);
            tally.lock().unwrap_or_else(PoisonError::into_inner).add(site, verdict);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let Tally { caught, held, excused, wrong } = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("mutants: {caught} of {} caught by histories, {held} by tests, {excused} excused", sites.len());
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What became of a mutant.
enum Verdict {
    /// A history went wrong.
    Caught {
        /// So many were played.
        seeds: usize,
    },
    /// No history goes wrong, but a test fails.
    Held {
        /// Its name.
        test: String,
    },
    /// Nothing notices, for a reason.
    Excused {
        /// The reason.
        reason: String,
    },
    /// Nothing notices, or what is said about it is not so.
    Wrong {
        /// What is to be done.
        why: String,
    },
}

/// Plays up to so many histories, unless it is known that they do not notice.
fn verdict(
    site: &Site,
    excuse: Option<&str>,
    seeds: usize,
    caught: impl Fn(usize) -> Option<usize>,
    tests: &Tests,
) -> Verdict {
    let wrong = |why: String| Verdict::Wrong { why };
    let Some(reason) = excuse else {
        if let Some(seeds) = caught(seeds) {
            return Verdict::Caught { seeds };
        }
        return match tests.noticing(site) {
            Ok(Some(test)) => wrong(format!("not caught; survivors.txt may say: test {test}")),
            Ok(None) => wrong("not caught, and no test fails".to_owned()),
            Err(error) => wrong(error),
        };
    };
    if let Some(seeds) = caught(seeds / EXCUSED) {
        return wrong(format!("caught after {seeds} histories, though survivors.txt excuses it"));
    }
    match reason.strip_prefix("test ").map(|test| (test, tests.notices(test, site))) {
        None => Verdict::Excused { reason: reason.to_owned() },
        Some((test, Ok(true))) => Verdict::Held { test: test.to_owned() },
        Some((test, Ok(false))) => wrong(format!("{test} passes without it")),
        Some((_, Err(error))) => wrong(error),
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Caught { seeds } => write!(formatter, "caught after {seeds} histories"),
            Verdict::Held { test } => write!(formatter, "held by {test}"),
            Verdict::Excused { reason } => write!(formatter, "excused, because {reason}"),
            Verdict::Wrong { why } => write!(formatter, "WRONG: {why}"),
        }
    }
}

#[derive(Default)]
struct Tally {
    caught: usize,
    held: usize,
    excused: usize,
    wrong: Vec<String>,
}

impl Tally {
    #[allow(clippy::print_stdout, reason = "a measurement on the command line")]
    fn add(&mut self, site: &Site, verdict: Verdict) {
        println!("{site} — {verdict}");
        match verdict {
            Verdict::Caught { .. } => self.caught += 1,
            Verdict::Held { .. } => self.held += 1,
            Verdict::Excused { .. } => self.excused += 1,
            Verdict::Wrong { why } => self.wrong.push(format!("{site}: {why}")),
        }
    }
}
