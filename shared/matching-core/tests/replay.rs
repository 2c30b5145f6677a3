//! The real data and the simulated month, at the bars. `cargo dev bench match` prints the figures.

use matching_core::replay::baseline::{fixed_windows, greedy};
use matching_core::replay::bench::{by_rating, ours, run, waits};
use matching_core::replay::dataset::{Arrival, Dataset, utility};
use matching_core::replay::desk::Desk;
use matching_core::replay::month::month;
use matching_core::replay::optimum::optimum;
use matching_core::replay::scale::Crowded;
use matching_core::shortlist::MAX_PAGES;
use matching_core::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/matching")
}

fn data(name: &str) -> Dataset {
    Dataset::parse(&std::fs::read_to_string(folder().join(name).with_extension("txt")).unwrap()).unwrap()
}

const HELD: PolicyDraft = PolicyDraft {
    candidates: 16,
    look_at: 64,
    reservation_ppm: 0,
    tick_s: 5,
    hold_s: 3_600,
    offer_timeout_s: 0,
};

#[track_caller]
fn check(name: &str, published: f64, percents: [f64; 2], bar: f64) {
    let data = data(name);
    let best = optimum(&data).unwrap();
    assert!((best as f64 / 1e7 - published).abs() < 0.005, "{best}");
    let baselines = [greedy(&data), fixed_windows(&data, 30_000)];
    let rounded = baselines.each_ref().map(|tally| (tally.percent_of(best) * 10.0).round() / 10.0);
    assert_eq!(rounded, percents, "not the published baselines");
    let held = ours(&data, HELD).unwrap().percent_of(best);
    assert!(held >= bar, "{held} % of the optimum");
    for hold_s in waits().step_by(20) {
        let tally = ours(&data, PolicyDraft { hold_s, ..HELD }).unwrap();
        assert!(tally.value >= baselines[0].value, "below greed, held {hold_s} s");
    }
}

#[test]
fn every_sender_reaches_its_bar() {
    check("EverySender", 1566.87, [92.6, 91.6], 95.0);
}

#[test]
fn g_mission_reaches_its_bar() {
    check("gMission", 1878.43, [95.3, 88.9], 96.6);
}

#[test]
fn what_is_matched_is_feasible_at_that_moment_and_once() {
    let data = data("gMission");
    let pipeline = by_rating(HELD).unwrap();
    let workers: BTreeMap<_, _> = data.workers().map(|worker| (worker.id, worker)).collect();
    let requests: BTreeMap<_, _> = data.requests().map(|request| (request.id, request)).collect();
    let mut desk = Desk::new(&pipeline, Grid::with_side(1_000_000));
    let (mut tasks, mut slots) = (BTreeSet::new(), BTreeSet::new());
    // At every arrival and at every tick there is, needed or not.
    let ends = data.arrivals.last().unwrap().0.as_millis() + 300_000;
    let mut arrivals = data.arrivals.iter().peekable();
    let mut value = 0;
    let mut tick = 0;
    while tick <= ends {
        let now = arrivals.peek().map_or(tick, |(at, _)| at.as_millis().min(tick));
        let now = kernel::Timestamp::from_millis(now);
        while let Some((_, arrival)) = arrivals.next_if(|(at, _)| *at <= now) {
            match arrival {
                Arrival::Worker(worker) => desk.arrive(worker.clone()).unwrap(),
                Arrival::Request(request) => desk.place(request.clone()),
            }
        }
        for pair in desk.look(now).unwrap().commits {
            let (worker, request) = (workers[&pair.worker], requests[&pair.request]);
            assert!(tasks.insert(pair.request) && slots.insert(pair.slot));
            assert!(request.start.from <= now && now < request.start.until);
            assert!(worker.slots[0].window.from <= now && now < worker.slots[0].window.until);
            value += utility(worker, request).unwrap();
        }
        if now.as_millis() == tick {
            tick += 5_000;
        }
    }
    assert_eq!(value, ours(&data, HELD).unwrap().value, "looking only when it is needed changes nothing");
}

#[test]
fn the_default_pipeline_keeps_loads_even() {
    let pipeline = Pipeline::first(&PipelineDraft::default()).unwrap();
    for seed in 1..=3 {
        let month = month(&pipeline, seed).unwrap();
        assert!(month.variation <= 0.35, "{month:?}");
        assert!(month.done > 90.0, "{month:?}");
    }
}

#[test]
fn a_decision_looks_at_as_few_among_many() {
    let pipeline = Pipeline::first(&PipelineDraft::default()).unwrap();
    for workers in [100, 10_000, 50_000] {
        let looked = Crowded::with(workers).unwrap().decide(300, &pipeline);
        assert!(looked.looked_at <= 64 * MAX_PAGES && looked.scored <= 16, "{looked:?}");
        assert!(workers == 100 || looked.assigned == 300, "{looked:?}");
    }
}

#[test]
fn without_data_the_bench_says_so() {
    let mut out = Vec::new();
    let error = run(&["nowhere".to_owned()], &|| Duration::ZERO, &mut out).unwrap_err();
    assert!(error.starts_with("nowhere/EverySender.txt: "), "{error}");
}
