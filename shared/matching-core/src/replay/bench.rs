//! `cargo dev bench match`: replays, prints, and holds matching to its bars.
//!
//! | bar | |
//! | --- | --- |
//! | value of the micro-batch, held as long as allowed | ≥ 95.0 % of the optimum (EverySender), ≥ 96.6 % (gMission) |
//! | value at any wait that a policy may allow | never below greed |
//! | coefficient of variation of load in a simulated month | ≤ 0.35 |
//! | entries that a decision looks at, from 100 to 1,000,000 workers | never more than the policy says |

use crate::assignment::{Edge, assign};
use crate::draft::{PipelineDraft, PolicyDraft, StepDraft};
use crate::pipeline::Pipeline;
use crate::plane::Grid;
use crate::replay::baseline::{fixed_windows, greedy};
use crate::replay::dataset::{Dataset, UNITS_OF_VALUE};
use crate::replay::desk::replay;
use crate::replay::month::{Month, month};
use crate::replay::optimum::optimum;
use crate::replay::random::Random;
use crate::replay::scale::Crowded;
use crate::replay::tally::{Tally, coefficient_of_variation};
use crate::shortlist::MAX_PAGES;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// A data set, its optimum as published with it, and the bar.
const DATASETS: [(&str, f64, f64); 2] = [("EverySender", 1566.87, 95.0), ("gMission", 1878.43, 96.6)];
/// The towns that are simulated.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=8;
/// The most variation of load that is fair.
const FAIR: f64 = 0.35;
/// Cells as wide as a worker's radius is long: each worker is listed in nine at most.
const GRID: Grid = Grid::with_side(1_000_000);
/// The longest that a policy may hold a request back, in seconds.
const LONGEST_HOLD_S: i64 = 3_600;

/// Runs everything. The argument is the folder of the data, `data/matching` if there is none. `clock` tells the time since
/// some moment; only the speeds that are printed depend on it. What misses its bar is an error.
pub fn run(arguments: &[String], clock: &dyn Fn() -> Duration, out: &mut dyn Write) -> Result<(), String> {
    let folder = arguments.first().map_or("data/matching", String::as_str);
    let mut bench = Bench { clock, out, missed: Vec::new() };
    for (name, published, bar) in DATASETS {
        let path = Path::new(folder).join(name).with_extension("txt");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let data = Dataset::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        bench.dataset(name, &data, published, bar)?;
    }
    bench.fairness()?;
    bench.scale()?;
    bench.assignment()?;
    if bench.missed.is_empty() {
        bench.line("every bar is met")
    } else {
        Err(bench.missed.join("; "))
    }
}

/// The pipeline of a replay: utility is pay × rating, and pay is the worth of the request.
pub fn by_rating(policy: PolicyDraft) -> Result<Pipeline, String> {
    let rating = StepDraft {
        step: "rating".to_owned(),
        weight: 1,
        at_least_ppm: 0,
        parameters: BTreeMap::new(),
    };
    Pipeline::first(&PipelineDraft { steps: vec![rating], policy }).map_err(|problems| problems.to_string())
}

/// What ours achieves under this policy.
pub fn ours(data: &Dataset, policy: PolicyDraft) -> Result<Tally, String> {
    replay(data, &by_rating(policy)?, GRID).map_err(|error| error.to_string())
}

/// The waits at which ours is held against greed: each second up to the longest life of a task in the data (holding on
/// longer changes nothing), and the longest that a policy may say.
pub fn waits() -> impl Iterator<Item = i64> {
    (0..=600).chain([LONGEST_HOLD_S])
}

struct Bench<'a> {
    clock: &'a dyn Fn() -> Duration,
    out: &'a mut dyn Write,
    missed: Vec<String>,
}

impl Bench<'_> {
    fn dataset(&mut self, name: &str, data: &Dataset, published: f64, bar: f64) -> Result<(), String> {
        let (workers, tasks) = (data.workers().count(), data.requests().count());
        let best = optimum(data).ok_or("the offline optimum is not proved")?;
        let utility = best as f64 / UNITS_OF_VALUE;
        self.line(&format!(
            "{name}: {workers} workers, {tasks} tasks, offline optimum {utility:.4} (proved; published {published})"
        ))?;
        self.bar((utility - published).abs() < 0.005, &format!("{name}: the optimum is not the published one"));
        self.line("  way                         value   % of best   done   wait s: mean   95 %   load variation")?;

        let greed = greedy(data);
        self.row("greedy", data, &greed, best)?;
        self.row("fixed windows of 30 s", data, &fixed_windows(data, 30_000), best)?;
        for reservation_ppm in [250_000, 500_000] {
            let tally = ours(data, PolicyDraft { reservation_ppm, ..PolicyDraft::default() })?;
            self.row(&format!("on demand, reserve {}", reservation_ppm as f64 / 1e6), data, &tally, best)?;
        }
        for hold_s in [0, 10, 30, 60, 120, 180, 240, 300, 450, 600] {
            let tally = ours(data, PolicyDraft { hold_s, ..PolicyDraft::default() })?;
            self.row(&format!("batch, held {hold_s} s"), data, &tally, best)?;
        }
        for offer_timeout_s in [30, 60] {
            let tally = ours(
                data,
                PolicyDraft {
                    hold_s: LONGEST_HOLD_S,
                    offer_timeout_s,
                    ..PolicyDraft::default()
                },
            )?;
            self.row(&format!("batch, offers of {offer_timeout_s} s"), data, &tally, best)?;
        }

        let begun = (self.clock)();
        let held = ours(data, PolicyDraft { hold_s: LONGEST_HOLD_S, ..PolicyDraft::default() })?;
        let seconds = (self.clock)().saturating_sub(begun).as_secs_f64();
        self.row("batch, held while possible", data, &held, best)?;
        self.line(&format!(
            "  {} times a request was considered, {:.0} a second",
            held.decisions,
            held.decisions as f64 / seconds.max(1e-9)
        ))?;
        let reached = held.percent_of(best);
        self.bar(reached >= bar, &format!("{name}: {reached:.2} % of the optimum, {bar} are needed"));
        self.never_below_greed(name, data, &greed)
    }

    fn never_below_greed(&mut self, name: &str, data: &Dataset, greed: &Tally) -> Result<(), String> {
        let mut worst: Option<(f64, i64, i64)> = None;
        for tick_s in [1, 5] {
            for hold_s in waits() {
                let tally = ours(data, PolicyDraft { tick_s, hold_s, ..PolicyDraft::default() })?;
                let relative = tally.percent_of(greed.value);
                if worst.is_none_or(|(least, ..)| relative < least) {
                    worst = Some((relative, tick_s, hold_s));
                }
                let held = tally.value >= greed.value;
                self.bar(held, &format!("{name}: below greed with ticks of {tick_s} s, held {hold_s} s"));
            }
        }
        let (least, tick_s, hold_s) = worst.unwrap_or_default();
        self.line(&format!("  against greed, at {} waits with ticks of 1 and 5 s: {least:.2} % at the least (tick {tick_s} s, held {hold_s} s)\n", waits().count()))
    }

    fn fairness(&mut self) -> Result<(), String> {
        self.line("a month in one town, 8 seeds: 50 workers, 2,800 requests     load variation: mean   worst   done %   quality %")?;
        let even = PipelineDraft::default();
        let mut uneven = even.clone();
        uneven.steps.retain(|step| step.step != "load" && step.step != "fairness");
        for (way, draft, is_fair) in [
            ("without load and fairness", uneven, false),
            ("the default pipeline", even, true),
        ] {
            let pipeline = Pipeline::first(&draft).map_err(|problems| problems.to_string())?;
            let months = SEEDS.map(|seed| month(&pipeline, seed)).collect::<Result<Vec<_>, _>>();
            let months = months.map_err(|error| error.to_string())?;
            let mean = |of: fn(&Month) -> f64| months.iter().map(of).sum::<f64>() / months.len() as f64;
            let (variation, done, quality) = (mean(|one| one.variation), mean(|one| one.done), mean(|one| one.quality));
            let worst = months.iter().map(|one| one.variation).fold(0.0, f64::max);
            self.line(&format!("  {way:<58} {variation:>20.3} {worst:>7.3} {done:>8.1} {quality:>11.1}"))?;
            self.bar(!is_fair || worst <= FAIR, &format!("variation of load {worst:.3}, {FAIR} is allowed"));
        }
        self.line("")
    }

    fn scale(&mut self) -> Result<(), String> {
        let pipeline = Pipeline::first(&PipelineDraft::default()).map_err(|problems| problems.to_string())?;
        let most = usize::try_from(pipeline.policy().look_at).unwrap_or_default().saturating_mul(MAX_PAGES);
        self.line("one decision among so many   looked at: mean   most   scored   found %   decisions a second")?;
        for workers in [100, 10_000, 1_000_000] {
            let town = Crowded::with(workers).map_err(|error| error.to_string())?;
            let begun = (self.clock)();
            let looked = town.decide(2_000, &pipeline);
            let seconds = (self.clock)().saturating_sub(begun).as_secs_f64();
            let found = 100.0 * f64::from(looked.assigned) / f64::from(looked.decisions);
            let speed = f64::from(looked.decisions) / seconds.max(1e-9);
            let mean = looked.looked_at_in_all as f64 / f64::from(looked.decisions);
            let (most_looked, scored) = (looked.looked_at, looked.scored);
            self.line(&format!(
                "  {workers:<26} {mean:>15.1} {most_looked:>6} {scored:>8} {found:>9.1} {speed:>20.0}"
            ))?;
            self.bar(looked.looked_at <= most, &format!("{} entries looked at among {workers}", looked.looked_at));
        }
        self.line("")
    }

    fn assignment(&mut self) -> Result<(), String> {
        self.line("one exact assignment        edges   milliseconds")?;
        for (size, each) in [(100, 100), (700, 32), (700, 700)] {
            let mut random = Random::seeded(7);
            let columns = |row: u32| (0..each).map(move |step| (row, (row + step * 7) % size));
            let edges: Vec<_> = (0..size).flat_map(columns).collect();
            let weights = edges.iter().map(|_| i128::from(random.between(1, 1_000_000))).collect::<Vec<_>>();
            let edge = |(&(row, column), weight)| Edge { row, column, weight };
            let edges: Vec<_> = edges.iter().zip(weights).map(edge).collect();
            let begun = (self.clock)();
            let best = assign(&edges);
            let millis = (self.clock)().saturating_sub(begun).as_secs_f64() * 1000.0;
            let name = format!("{size} requests, {each} slots each");
            self.line(&format!("  {name:<24} {:>8} {millis:>14.2}", edges.len()))?;
            self.bar(best.proves_itself(&edges), &format!("the assignment of {name} is not proved"));
        }
        self.line("")
    }

    fn row(&mut self, way: &str, data: &Dataset, tally: &Tally, best: i128) -> Result<(), String> {
        let loads: Vec<_> = data.workers().map(|worker| tally.jobs.get(&worker.id).copied().unwrap_or(0)).collect();
        let (value, percent, done) = (tally.utility(), tally.percent_of(best), tally.waits_ms.len());
        let (mean, long, variation) = (tally.mean_wait_s(), tally.long_wait_s(), coefficient_of_variation(&loads));
        self.line(&format!(
            "  {way:<26} {value:>7.1} {percent:>11.2} {done:>6} {mean:>14.0} {long:>6.0} {variation:>16.2}"
        ))
    }

    fn line(&mut self, text: &str) -> Result<(), String> {
        writeln!(self.out, "{text}").map_err(|error| error.to_string())
    }

    fn bar(&mut self, met: bool, otherwise: &str) {
        if !met {
            self.missed.push(otherwise.to_owned());
        }
    }
}
