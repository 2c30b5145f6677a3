//! `cargo dev mutants`: whether the simulation sees each condition that is left out, wherever it is met.

use crate::{Options, Outcome};
use simulation::mutants::{Site, sites};
use simulation::runner::{self, World};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Mutants that no history catches, because they do no harm or are too rare: `site — reason`.
const SURVIVORS: &str = include_str!("../../../tests/simulation/survivors.txt");
/// Histories of each world in which sites are looked for.
const LOOKED_AT: usize = 16;
/// What is excused is looked for in so many times fewer histories: enough to see that its excuse is out of date.
const EXCUSED: usize = 8;

/// Tries every mutant.
#[allow(clippy::print_stdout, reason = "a measurement on the command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["seeds", "steps", "only", "world"])?;
    let (seeds, steps) = (options.get("seeds", 40)?, options.get("steps", 500)?);
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
    let tally = Mutex::new(Tally::default());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((site, worlds)) = sites.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = site.to_string();
            let excuse = excused.get(name.as_str()).copied();
            let histories = if excuse.is_some() { seeds / EXCUSED } else { seeds };
            // What several worlds come by may do harm in one of them alone.
            let in_world = |world: &World| runner::seeds_to_catch(&site.mutant(*world), histories, steps);
            let caught = worlds.iter().find_map(in_world);
            let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
            tally.add(&name, caught, excuse);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let Tally { caught, excused, wrong } = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("mutants: {caught} of {} caught, {excused} excused", sites.len());
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

#[derive(Default)]
struct Tally {
    caught: usize,
    excused: usize,
    wrong: Vec<String>,
}

impl Tally {
    #[allow(clippy::print_stdout, reason = "a measurement on the command line")]
    fn add(&mut self, name: &str, caught: Option<usize>, excuse: Option<&str>) {
        match (caught, excuse) {
            (Some(seeds), None) => {
                self.caught += 1;
                println!("caught after {seeds} seed(s): {name}");
            }
            (None, Some(reason)) => {
                self.excused += 1;
                println!("excused, because {reason}: {name}");
            }
            (Some(seeds), Some(_)) => {
                self.wrong.push(format!("caught after {seeds} seed(s), though survivors.txt excuses it: {name}"));
            }
            (None, None) => {
                println!("NOT caught: {name}");
                self.wrong.push(format!("not caught: {name}"));
            }
        }
    }
}
