//! Plays histories: one, many on all cores, and the shortest one that still goes wrong.

use crate::acts::UNTIL_DELIVERED;
use crate::bugs::Bug;
use crate::club::Club;
use crate::shop::{LARGE, Shop};
use crate::town::{Chapter, Town};
use local::simulation::{Faults, Outcome, Random, Simulation, Trace};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Keeps what the weather draws apart from what else a seed decides.
const WEATHER: u64 = 0x77ea_7435;

/// What a seed plays. Of every nine histories three are of a town, one of a club, the others of a shop.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum World {
    /// Customers and staff.
    Shop,
    /// Clients, workers and managers.
    Town,
    /// People who train.
    Club,
}

impl World {
    /// The world of a seed.
    pub fn of(seed: u64) -> Self {
        match (seed % 3, seed % 9) {
            (2, _) => World::Town,
            (_, 4) => World::Club,
            _ => World::Shop,
        }
    }

    /// The seeds that play it, in order.
    pub fn seeds(self) -> impl Iterator<Item = u64> {
        (0..).filter(move |seed| World::of(*seed) == self)
    }
}

/// What determines a history.
#[derive(Clone)]
pub struct History<'b> {
    /// Picks what happens.
    pub seed: u64,
    /// For how many steps clients act, and faults happen.
    pub steps: u64,
    /// Calls that chance spares.
    pub spared: BTreeSet<u64>,
    /// What was done wrong, if anything was.
    pub bug: Option<&'b Bug>,
}

/// What became of it.
pub struct Played {
    /// How it ended.
    pub outcome: Outcome,
    /// What clients asked for, and asked for again if need be.
    pub commands: u64,
    /// Orders that were delivered.
    pub delivered: u64,
    /// Payouts that were made.
    pub paid: u64,
    /// Moments with readings that were there in the end.
    pub kept: u64,
}

impl Played {
    /// Whether something did not hold.
    pub fn went_wrong(&self) -> bool {
        !self.outcome.violations.is_empty()
    }
}

impl<'b> History<'b> {
    /// The history of a seed.
    pub fn of(seed: u64, steps: u64, bug: Option<&'b Bug>) -> Self {
        Self { seed, steps, spared: BTreeSet::new(), bug }
    }

    /// Plays it, in the world that is the seed's.
    pub fn play(&self, keep_trace: bool) -> Played {
        let contexts = self.bug.map_or_else(crate::contexts, |bug| (bug.contexts)());
        let simulation = Simulation::new(self.seed, contexts, keep_trace, |inner| match self.bug {
            Some(bug) => (bug.plant)(inner),
            None => inner,
        });
        let played = simulation.and_then(|mut simulation| {
            simulation.spare(self.spared.clone());
            match World::of(self.seed) {
                World::Town => self.in_town(simulation),
                World::Club => Ok(self.in_club(simulation)),
                World::Shop => Ok(self.in_shop(simulation)),
            }
        });
        played.unwrap_or_else(|reason| Played {
            outcome: Outcome {
                violations: vec![reason],
                trace: Trace::new(false),
                steps: 0,
                overlapping: 0,
                invocations: 0,
                struck: Vec::new(),
                occasions: Vec::new(),
            },
            commands: 0,
            delivered: 0,
            paid: 0,
            kept: 0,
        })
    }

    /// Of every four histories of a shop three begin with an order that is somewhere on its way, and in one streams
    /// forget what nobody read.
    fn in_shop(&self, mut simulation: Simulation) -> Played {
        let mut shop = Shop::new(self.skus());
        shop.open(&mut simulation, &mut Random::new(self.seed));
        let done = UNTIL_DELIVERED.into_iter().take(self.done_before());
        done.for_each(|act| shop.act(&mut simulation, act));
        let outcome = simulation.run(&mut shop, self.steps, self.faults());
        Played {
            outcome,
            commands: shop.commands,
            delivered: shop.delivered.len() as u64,
            paid: 0,
            kept: 0,
        }
    }

    /// The seed says what was done before, and by which clock the weeks end.
    fn in_town(&self, mut simulation: Simulation) -> Result<Played, String> {
        let mut town = Town::new(Chapter::of(self.seed), simulation.cloud.clone())?;
        town.open(&mut simulation, &mut Random::new(self.seed));
        let outcome = simulation.run(&mut town, self.steps, self.faults());
        Ok(Played {
            outcome,
            commands: town.commands,
            delivered: 0,
            paid: town.paid(),
            kept: 0,
        })
    }

    fn in_club(&self, mut simulation: Simulation) -> Played {
        let mut club = Club::new(simulation.cloud.clone());
        club.open(&mut simulation, &mut Random::new(self.seed));
        let outcome = simulation.run(&mut club, self.steps, self.faults());
        Played {
            outcome,
            commands: club.commands,
            delivered: 0,
            paid: 0,
            kept: club.kept(),
        }
    }

    fn faults(&self) -> Faults {
        Faults { trimming: self.seed % 4 == 3, ..self.weather() }
    }

    /// How many SKUs the shop sells. Every eighth is large enough for orders that are reserved in chunks; in some all
    /// orders want the same goods.
    fn skus(&self) -> u32 {
        match self.seed % 8 {
            0 => LARGE + 5,
            1 => 1,
            _ => 5,
        }
    }

    /// What goes wrong: in half of the histories one thing more often than usual, so that it meets itself; and in all of
    /// those where there is much to meet.
    fn weather(&self) -> Faults {
        let usual = Faults::USUAL;
        let kinds = if self.seed % 8 < 2 { 5 } else { 10 };
        match Random::new(self.seed ^ WEATHER).below(kinds) {
            // What is dealt with twice meets itself only if the first time is not over yet.
            0 => Faults { duplicate: 60, held: 20, ..usual },
            1 => Faults { jump: 30, ..usual },
            2 => Faults { lost_reply: 25, ..usual },
            3 => Faults { held: 20, ..usual },
            4 => Faults { conflict: 30, unanswered: 30, ..usual },
            _ => usual,
        }
    }

    /// How many of the steps of an order were taken before this history.
    fn done_before(&self) -> usize {
        match self.seed % 4 {
            0 => 0,
            _ => Random::new(self.seed).below(UNTIL_DELIVERED.len() + 1),
        }
    }

    /// The shortest history like this one that still goes wrong: fewer steps, and none of the faults that it can do
    /// without.
    #[must_use]
    pub fn minimised(&self) -> Self {
        let mut least = self.clone();
        let wrong = |history: &Self| history.play(false).went_wrong();
        // Not every prefix of a history that goes wrong ends well, so this finds a short one, not the shortest.
        let mut cut = least.steps / 2;
        while cut > 0 {
            let shorter = Self { steps: least.steps - cut, ..least.clone() };
            if shorter.steps > 0 && wrong(&shorter) {
                least = shorter;
                cut = cut.min(least.steps / 2);
            } else {
                cut /= 2;
            }
        }
        // Spares ever smaller groups of calls.
        let mut struck: Vec<u64> = least.play(false).outcome.struck.iter().map(|(call, _)| *call).collect();
        let mut size = struck.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < struck.len() {
                let group = struck[from..struck.len().min(from + size)].iter().copied();
                let calmer = Self {
                    spared: least.spared.iter().copied().chain(group).collect(),
                    ..least.clone()
                };
                let played = calmer.play(false);
                if played.went_wrong() {
                    // What was spared may have caused, or prevented, others.
                    struck = played.outcome.struck.iter().map(|(call, _)| *call).collect();
                    least = calmer;
                } else {
                    from += size;
                }
            }
            size /= 2;
        }
        least
    }
}

/// What many histories came to.
#[derive(Debug, Default)]
pub struct Summary {
    /// Seeds that were played.
    pub seeds: u64,
    /// Steps of all of them.
    pub steps: u64,
    /// Invocations of all of them.
    pub invocations: u64,
    /// Pairs of invocations that were under way at once.
    pub overlapping: u64,
    /// What went wrong with calls, kills included.
    pub faults: u64,
    /// What clients asked for.
    pub commands: u64,
    /// Orders that were delivered.
    pub delivered: u64,
    /// Payouts that were made.
    pub paid: u64,
    /// Moments with readings that were there in the end.
    pub kept: u64,
    /// The lowest seeds with violations, and the violations.
    pub failed: Vec<(u64, Vec<String>)>,
}

impl Summary {
    fn add(&mut self, seed: u64, played: Played) {
        self.seeds += 1;
        self.steps += played.outcome.steps;
        self.invocations += played.outcome.invocations;
        self.overlapping += played.outcome.overlapping;
        self.faults += played.outcome.struck.len() as u64;
        self.commands += played.commands;
        self.delivered += played.delivered;
        self.paid += played.paid;
        self.kept += played.kept;
        if played.went_wrong() {
            self.failed.push((seed, played.outcome.violations));
        }
    }
}

/// Plays the seeds `first..first + count`, one history a thread.
pub fn play_many(first: u64, count: u64, steps: u64) -> Summary {
    let next = AtomicU64::new(0);
    let summary = Mutex::new(Summary::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    let played = History::of(first + n, steps, None).play(false);
                    summary.lock().unwrap_or_else(PoisonError::into_inner).add(first + n, played);
                }
            });
        }
    });
    let mut summary = summary.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary.failed.sort();
    summary
}

/// How many histories of its world it takes to catch a bug; `None`: not within `count`.
pub fn seeds_to_catch(bug: &Bug, count: usize, steps: u64) -> Option<usize> {
    let mut seeds = bug.world.seeds().take(count);
    seeds.position(|seed| History::of(seed, steps, Some(bug)).play(false).went_wrong()).map(|n| n + 1)
}
