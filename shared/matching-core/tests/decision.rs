//! Decisions on demand: who is chosen, and what everybody else is told.

use crate::world::{candidates, minute, pipeline, request, step, time};
use kernel::{AccountId, Timestamp};
use matching_core::decision::{Considered, Waiting};
use matching_core::fit::fit;
use matching_core::shortlist::MAX_PAGES;
use matching_core::step::StepName;
use matching_core::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn demand() -> Request {
    Request {
        id: kernel::RequestId::from_bits(1),
        client: AccountId::from_bits(9),
        place: Point::default(),
        start: Window { from: minute(0), until: minute(60) },
        duration_s: 600,
        skills: BTreeMap::new(),
        worth: 100,
        placed_at: minute(0),
    }
}

fn candidate(id: u128, rating_percent: u64, free_until: i64) -> Candidate {
    let slot = Slot {
        id: kernel::SlotId::from_bits(id),
        window: Window { from: minute(0), until: minute(free_until) },
    };
    let worker = Worker {
        id: AccountId::from_bits(id),
        place: Point::default(),
        radius: 1_000,
        speed: None,
        skills: BTreeMap::new(),
        rating: Share::of(rating_percent, 100),
        slots: vec![slot],
    };
    Candidate { worker, facts: Facts::default() }
}

fn by(steps: Vec<StepDraft>, policy: PolicyDraft) -> Pipeline {
    Pipeline::first(&PipelineDraft { steps, policy }).unwrap()
}

fn by_rating() -> Pipeline {
    by(vec![step("rating", 1)], PolicyDraft::default())
}

fn verdicts(decision: &Decision) -> Vec<(u128, Verdict)> {
    let number = |worker: AccountId| (0..100).find(|&id| AccountId::from_bits(id) == worker).unwrap();
    decision.candidates.iter().map(|one| (number(one.worker), one.verdict.clone())).collect()
}

#[track_caller]
fn check(candidates: &[Candidate], pipeline: &Pipeline, expected: &[(u128, Verdict)]) {
    assert_eq!(verdicts(&decide(&demand(), candidates, pipeline, minute(0))), expected);
}

#[test]
fn the_best_score_wins_then_the_earliest_expiry_then_the_id() {
    let all = [
        candidate(4, 90, 90),
        candidate(3, 90, 90),
        candidate(2, 90, 120),
        candidate(1, 80, 60),
        candidate(5, 10, 5),
    ];
    check(
        &all,
        &by_rating(),
        &[
            (3, Verdict::Chosen),
            (4, Verdict::HigherId),
            (2, Verdict::LaterExpiry),
            (1, Verdict::ScoredLower { by_ppm: Share::of(10, 100) }),
            (5, Verdict::Misfit(Misfit::NoFreeSlot)),
        ],
    );
}

#[test]
fn a_decision_tells_each_steps_score_and_the_version() {
    let steps = vec![step("load", 3), step("rating", 1)];
    let pipeline = by_rating().revise(&PipelineDraft { steps, policy: PolicyDraft::default() }).unwrap();
    let mut one = candidate(1, 80, 60);
    one.facts.jobs_of_day = 3;
    let decision = decide(&demand(), &[one], &pipeline, minute(1));
    let steps: Vec<_> = decision.candidates[0].steps.iter().map(|one| (one.step, one.score_ppm.ppm())).collect();
    assert_eq!(steps, [(StepName::Load, 250_000), (StepName::Rating, 800_000)]);
    assert_eq!(decision.candidates[0].total_ppm, Some(Share::from_ppm((3 * 250_000 + 800_000) / 4).unwrap()));
    assert_eq!((decision.pipeline_version, decision.decided_at), (2, minute(1)));
}

#[test]
fn a_step_leaves_out_who_scores_less_unless_that_leaves_nobody() {
    let strict = |at_least_ppm| {
        by(vec![StepDraft { at_least_ppm, ..step("rating", 0) }, step("load", 1)], PolicyDraft::default())
    };
    let mut busy = candidate(1, 90, 60);
    busy.facts.jobs_of_day = 2;
    let all = [busy, candidate(2, 70, 60)];
    check(&all, &strict(800_000), &[(1, Verdict::Chosen), (2, Verdict::LeftOut { step: StepName::Rating })]);
    check(
        &all,
        &strict(950_000),
        &[
            (2, Verdict::Chosen),
            (1, Verdict::ScoredLower { by_ppm: Share::of(1, 2) }),
        ],
    );
}

#[test]
fn the_order_of_steps_decides_who_is_left_out() {
    let mut far = candidate(1, 90, 60);
    far.worker.place.x = 900;
    let all = [far, candidate(2, 70, 60)];
    let strict = |name| StepDraft { at_least_ppm: 800_000, ..step(name, 1) };
    check(
        &all,
        &by(vec![strict("rating"), strict("distance")], PolicyDraft::default()),
        &[(1, Verdict::Chosen), (2, Verdict::LeftOut { step: StepName::Rating })],
    );
    check(
        &all,
        &by(vec![strict("distance"), strict("rating")], PolicyDraft::default()),
        &[(2, Verdict::Chosen), (1, Verdict::LeftOut { step: StepName::Distance })],
    );
}

#[test]
fn a_request_waits_for_somebody_better_while_there_is_time() {
    let patient = by(vec![step("rating", 1)], PolicyDraft { reservation_ppm: 800_000, ..PolicyDraft::default() });
    let outcome = |minutes: i64| decide(&demand(), &[candidate(1, 40, 60)], &patient, minute(minutes)).outcome;
    let waiting = Outcome::Waiting {
        because: Waiting::NobodyGoodEnough,
        look_again_at: Timestamp::from_millis(minute(0).as_millis() + 5_000),
    };
    assert_eq!(outcome(0), waiting);
    assert!(matches!(outcome(20), Outcome::Waiting { .. }));
    // Half of the 50 minutes until the worker must begin: 40 % of 80 % have fallen to 40 %.
    assert!(matches!(outcome(25), Outcome::Assigned { .. }));
}

#[test]
fn whoever_would_be_lost_by_the_next_tick_is_good_enough() {
    let picky = by(vec![step("rating", 1)], PolicyDraft { reservation_ppm: 1_000_000, ..PolicyDraft::default() });
    let before_last_start = |seconds: i64| Timestamp::from_millis(minute(50).as_millis() - seconds * 1000);
    let outcome = |seconds: i64| decide(&demand(), &[candidate(1, 0, 60)], &picky, before_last_start(seconds)).outcome;
    assert!(matches!(outcome(6), Outcome::Waiting { .. }));
    assert!(matches!(outcome(0), Outcome::Assigned { .. }));
    let later = PolicyDraft {
        reservation_ppm: 1_000_000,
        offer_timeout_s: 10,
        ..PolicyDraft::default()
    };
    let picky = by(vec![step("rating", 1)], later);
    let asked = decide(&demand(), &[candidate(1, 0, 60)], &picky, before_last_start(6));
    assert!(matches!(asked.outcome, Outcome::Assigned { .. }), "an offer at the next tick would come too late");
}

#[test]
fn a_request_without_anybody_waits_until_it_is_closed() {
    let outcome = |now| decide(&demand(), &[], &by_rating(), minute(now)).outcome;
    assert!(matches!(outcome(59), Outcome::Waiting { because: Waiting::NobodyFeasible, .. }));
    assert_eq!(outcome(60), Outcome::Closed);
}

#[test]
fn only_as_many_as_the_policy_says_are_scored() {
    let all: Vec<_> = (0..40).map(|id| candidate(id, 50 + u64::try_from(id).unwrap(), 60)).collect();
    let decision = decide(&demand(), &all, &by_rating(), minute(0));
    let beyond = decision.candidates.iter().filter(|one| one.verdict == Verdict::BeyondShortlist).count();
    assert_eq!((beyond, decision.candidates.len()), (24, 40));
    assert_eq!(verdicts(&decision)[0], (39, Verdict::Chosen));
}

fn chosen(decision: &Decision) -> Option<&Considered> {
    decision.candidates.iter().find(|one| one.verdict == Verdict::Chosen)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_order_of_candidates_changes_nothing(
        request in request(9), pipeline in pipeline(), now in time(),
        (all, shuffled) in candidates(40).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let (one, other) = (decide(&request, &all, &pipeline, now), decide(&request, &shuffled, &pipeline, now));
        prop_assert_eq!(&one, &other);
        let back: Decision = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
        prop_assert_eq!(back, one, "it is kept as it was");
    }

    #[test]
    fn who_is_chosen_can_do_it_and_scores_most(
        request in request(9), all in candidates(16), pipeline in pipeline(), now in time(),
    ) {
        let decision = decide(&request, &all, &pipeline, now);
        let Outcome::Assigned { worker, fit: in_slot } = decision.outcome else {
            prop_assert_eq!(chosen(&decision), None);
            return Ok(());
        };
        let of_worker = |one: &&Candidate| one.worker.id == worker;
        let fits = all.iter().filter(of_worker).any(|one| fit(&request, &one.worker, now) == Ok(in_slot));
        prop_assert!(fits, "not feasible");
        prop_assert!(in_slot.start >= now && in_slot.start >= request.start.from && in_slot.start < request.start.until);
        let best = chosen(&decision).and_then(|one| one.total_ppm);
        let able = decision.candidates.iter().filter(|one| {
            matches!(one.verdict, Verdict::Chosen | Verdict::ScoredLower { .. } | Verdict::LaterExpiry | Verdict::HigherId)
        });
        prop_assert!(able.into_iter().all(|one| one.total_ppm <= best));
        prop_assert_eq!(decision.candidates.iter().filter(|one| one.verdict == Verdict::Chosen).count(), 1);
    }

    #[test]
    fn somebody_is_found_if_anybody_is_feasible(
        request in request(9), all in candidates(40), pipeline in pipeline(), now in time(),
    ) {
        let feasible = all.iter().filter_map(|one| fit(&request, &one.worker, now).ok());
        let decision = decide(&request, &all, &pipeline, now);
        let waits = matches!(decision.outcome, Outcome::Waiting { because: Waiting::NobodyGoodEnough, .. });
        prop_assert_eq!(feasible.count() > 0, chosen(&decision).is_some() || waits);
        if pipeline.policy().reservation == Share::NONE {
            prop_assert!(!waits);
        }
    }

    #[test]
    fn bounds_hold(request in request(9), all in candidates(10), pipeline in pipeline(), now in time()) {
        let decision = decide(&request, &all, &pipeline, now);
        for one in &all {
            let Ok(in_slot) = fit(&request, &one.worker, now) else { continue };
            let bound = pipeline.bound(&request, &one.worker, &in_slot);
            let same = decision.candidates.iter().filter(|other| other.worker == one.worker.id && other.fit == Some(in_slot));
            let alone = all.iter().filter(|other| other.worker.id == one.worker.id).count() == 1;
            if alone {
                prop_assert!(same.into_iter().all(|other| other.total_ppm.is_none_or(|total| total <= bound)));
            }
        }
    }

    #[test]
    fn the_shortlist_holds_the_best_bounds_of_what_it_looked_at(
        request in request(9), workers in prop::collection::vec(crate::world::worker(1_000), 0..120), pipeline in pipeline(), now in time(),
    ) {
        let fit_among = |some: &[Worker]| some.iter().filter(|worker| fit(&request, worker, now).is_ok()).count();
        let list = shortlist(&request, &mut workers.iter().peekable(), &pipeline, now);
        prop_assert!(list.looked_at <= 64 * MAX_PAGES && list.best.len() <= 16);
        prop_assert!(list.looked_at <= 64 || fit_among(&workers[..64]) == 0, "a second page without need");
        prop_assert!(!list.best.is_empty() || !list.more || list.looked_at == 64 * MAX_PAGES);
        prop_assert_eq!(list.more, workers.len() > list.looked_at);
        prop_assert!(list.best.windows(2).all(|two| two[0].bound >= two[1].bound));
        let looked = workers.iter().take(list.looked_at).filter_map(|worker| Some((worker, fit(&request, worker, now).ok()?)));
        let mut bounds: Vec<_> = looked.map(|(worker, in_slot)| pipeline.bound(&request, worker, &in_slot)).collect();
        prop_assert_eq!(bounds.len() + list.misfits.len(), list.looked_at);
        bounds.sort_unstable_by(|one, other| other.cmp(one));
        bounds.truncate(16);
        prop_assert_eq!(list.best.iter().map(|one| one.bound).collect::<Vec<_>>(), bounds);
    }
}
