//! The crash matrix: each workflow with every single fault at every call it makes; those about money also with every
//! pair of crashes and lost replies.

use crate::acts::{Act, UNTIL_DELIVERED};
use crate::shop::Shop;
use crate::town::{Chapter, Deed, Done, Town, UNTIL_DONE};
use local::simulation::{Fault, Outcome, Plan, Random, Simulation};
use orders::order::State;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Something that people do step by step.
pub struct Workflow {
    /// What.
    pub name: &'static str,
    story: Story,
    /// Whether pairs of faults are tried too.
    pub pairs: bool,
}

/// Where, and what is done: first without faults, then with them.
enum Story {
    Shop {
        before: &'static [Act],
        acts: &'static [Act],
        /// Where the order is in the end, if there is one place for it.
        goal: Option<State>,
    },
    Town {
        before: &'static [Deed],
        deeds: &'static [Deed],
    },
}

/// Every workflow.
pub const WORKFLOWS: [Workflow; 8] = [
    Workflow {
        name: "place, pay, pack, ship, deliver",
        story: Story::Shop {
            before: &[],
            acts: &UNTIL_DELIVERED,
            goal: Some(State::Delivered),
        },
        pairs: false,
    },
    Workflow {
        name: "pay",
        story: Story::Shop {
            before: &[Act::Place],
            acts: &[Act::Pay, Act::Confirm],
            goal: Some(State::Paid),
        },
        pairs: true,
    },
    Workflow {
        name: "cancel while paying",
        story: Story::Shop {
            before: &[Act::Place, Act::Pay],
            acts: &[Act::ConfirmAndCancel],
            goal: Some(State::Cancelled),
        },
        pairs: true,
    },
    Workflow {
        name: "give back, and get the money back",
        story: Story::Shop {
            before: &UNTIL_DELIVERED,
            acts: &[Act::GiveBack],
            goal: Some(State::Returned),
        },
        pairs: true,
    },
    Workflow {
        name: "expire while paying",
        story: Story::Shop {
            before: &[Act::Place, Act::Pay],
            acts: &[Act::ConfirmTooLate],
            goal: None,
        },
        pairs: false,
    },
    Workflow {
        name: "match, start, finish",
        story: Story::Town { before: &[], deeds: &UNTIL_DONE },
        pairs: false,
    },
    Workflow {
        name: "cancel while being matched",
        story: Story::Town {
            before: &[Deed::HoldBack, Deed::Request],
            deeds: &[Deed::CancelWhileMatched],
        },
        pairs: false,
    },
    Workflow {
        name: "weekly run: invoice, charge, pay out",
        story: Story::Town { before: &UNTIL_DONE, deeds: &[Deed::EndOfWeek] },
        pairs: false,
    },
];

/// The faults of pairs: a retry answers the others at once, and has been tried at every call by itself.
const CRASHES: [Fault; 3] = [Fault::ReplyLost, Fault::KilledBefore, Fault::KilledAfter];
/// Histories of a workflow without faults have these seeds: who goes first where several could.
pub const SEED: u64 = 1;

impl Workflow {
    /// Plays it with these faults.
    pub fn play(&self, plan: Plan, keep_trace: bool) -> Result<Outcome, String> {
        let mut simulation = Simulation::new(SEED, crate::contexts(), keep_trace, |inner| inner)?;
        match &self.story {
            Story::Shop { before, acts, goal } => {
                let mut shop = Shop::new(1);
                shop.open(&mut simulation, &mut Random::new(SEED));
                before.iter().for_each(|act| shop.act(&mut simulation, *act));
                shop.goal = *goal;
                simulation.planned(plan);
                acts.iter().for_each(|act| shop.act(&mut simulation, *act));
                Ok(simulation.end(&mut shop))
            }
            Story::Town { before, deeds } => {
                let chapter = Chapter { done: Done::Nothing, season: 0 };
                let mut town = Town::new(chapter, simulation.cloud.clone())?;
                town.open(&mut simulation, &mut Random::new(SEED));
                before.iter().for_each(|deed| town.does(&mut simulation, *deed));
                simulation.planned(plan);
                deeds.iter().for_each(|deed| town.does(&mut simulation, *deed));
                Ok(simulation.end(&mut town))
            }
        }
    }

    /// Every plan of one fault.
    fn singles(&self) -> Result<Vec<Plan>, String> {
        let calm = self.play(Plan::new(), false)?;
        if let Some(violation) = calm.violations.first() {
            return Err(format!("{} goes wrong by itself: {violation}", self.name));
        }
        let occasions = (0..).zip(calm.occasions);
        Ok(occasions
            .flat_map(|(call, faults): (u64, Vec<Fault>)| faults.into_iter().map(move |fault| (call, fault)))
            .map(|fault| Plan::from([fault]))
            .collect())
    }
}

/// What trying a workflow came to.
#[derive(Debug, Default)]
pub struct Tried {
    /// Plans of one fault.
    pub points: usize,
    /// Plans of two.
    pub pairs: usize,
    /// Plans under which something did not hold, and the first thing that did not.
    pub failed: Vec<(Plan, String)>,
}

/// Tries every single fault, and with `pairs`, if the workflow asks for it, every ordered pair of crashes; on all
/// cores.
pub fn attempt(workflow: &Workflow, pairs: bool, every: usize) -> Result<Tried, String> {
    let every = if let Story::Town { .. } = workflow.story { every.max(1) } else { 1 };
    let singles: Vec<Plan> = workflow.singles()?.into_iter().step_by(every).collect();
    let tried = Mutex::new(Tried { points: singles.len(), ..Tried::default() });
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), String> {
        while let Some(plan) = singles.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = play(workflow, plan, &tried)?;
            let crash = plan.iter().next().filter(|(_, fault)| pairs && workflow.pairs && CRASHES.contains(fault));
            let Some((first, fault)) = crash else { continue };
            // After the first fault the history is another one: the second is any call that comes later in it.
            for (second, possible) in (0..).zip(&outcome.occasions).filter(|(second, _)| second > first) {
                for other in CRASHES.iter().filter(|other| possible.contains(other)) {
                    play(workflow, &Plan::from([(*first, *fault), (second, *other)]), &tried)?;
                    lock(&tried).pairs += 1;
                }
            }
        }
        Ok(())
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| "a history panicked".to_owned())?)
    })?;
    let mut tried = tried.into_inner().unwrap_or_else(PoisonError::into_inner);
    tried.failed.sort();
    Ok(tried)
}

fn play(workflow: &Workflow, plan: &Plan, tried: &Mutex<Tried>) -> Result<Outcome, String> {
    let outcome = workflow.play(plan.clone(), false)?;
    if let Some(violation) = outcome.violations.first() {
        lock(tried).failed.push((plan.clone(), violation.clone()));
    }
    Ok(outcome)
}

fn lock(tried: &Mutex<Tried>) -> std::sync::MutexGuard<'_, Tried> {
    tried.lock().unwrap_or_else(PoisonError::into_inner)
}
