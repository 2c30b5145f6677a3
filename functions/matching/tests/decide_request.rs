//! `decide-request`.

use crate::support::{
    MATCHED, UNMATCHED, WAITING, announced, asked, at, availability, cancel, client, decision, doer, free, hire, hired,
    id_of, kill_at, kinds, meanwhile, member, north, place, request, set, skills, stored, strike, taken, town,
    town_with, worker,
};
use kernel::Text;
use local::faults::Fate;
use local::testing::{event, reports_only_what_it_cannot_read};
use matching::request::Standing;
use matching::store::Means;
use matching_core::{Outcome, Verdict};
use serde_json::json;
use std::sync::Arc;

#[test]
fn the_best_worker_gets_the_request_and_the_slot_is_taken() {
    let stage = town_with(3);
    assert!(place(&stage, 1));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], MATCHED);
    let slot = member(&stage, 1).slots[0].clone();
    let expected = json!({
        "request": request(1), "attempt": 1, "client": client(), "worker": id_of(1), "slot": slot.id,
        "service": asked(1).service, "price": asked(1).price, "from": at(1), "until": at(2),
    });
    assert_eq!(events[0]["data"], expected);
    let by = slot.taken.unwrap();
    assert_eq!((by.request, by.attempt, by.from, by.until), (request(1), 1, at(1), at(2)));
    assert_eq!((taken(&stage, 2), taken(&stage, 3)), (0, 0));
    let stored = stored(&stage, 1);
    assert_eq!((stored.due, stored.waiting), (None, None), "it waits for nobody");
}

#[test]
fn each_decision_says_who_was_considered_and_why_not() {
    let stage = town_with(3);
    place(&stage, 1);
    let decided = decision(&stage, 1, 1).unwrap();
    assert_eq!((decided.means, decided.attempt), (Means::OnDemand, Some(1)));
    let candidates = &decided.decision.candidates;
    assert_eq!(candidates.iter().map(|one| one.worker).collect::<Vec<_>>(), [1, 2, 3].map(id_of));
    assert_eq!(candidates[0].verdict, Verdict::Chosen);
    assert!(matches!(candidates[1].verdict, Verdict::ScoredLower { .. }));
    assert_eq!(candidates[0].steps.len(), 6, "every step's score");
    assert_eq!(decision(&stage, 1, 2), None);
}

#[test]
fn a_repeated_event_changes_nothing() {
    let stage = town_with(2);
    assert!(place(&stage, 1) && place(&stage, 1));
    assert_eq!(kinds(&stage), [MATCHED]);
    assert_eq!((taken(&stage, 1), taken(&stage, 2)), (1, 0));
}

#[test]
fn hard_constraints_hold_whatever_the_score() {
    let stage = town();
    free(&stage, 1, north(6_000), &[(1, 4)]); // goes 5 km only
    free(&stage, 2, north(10), &[(4, 8)]); // not free then
    assert!(stage.deliver("keep-worker", &event(&stage, &hired(3, &[("cats", 5)]), 1, 1)));
    set(&stage, 3, &availability(north(10), &[(1, 4)])); // without the skill
    hire(&stage, 4); // has not said when
    assert!(place(&stage, 1));
    assert_eq!(kinds(&stage), [WAITING]);
    free(&stage, 5, north(4_900), &[(1, 4)]);
    stage.pass(crate::support::MINUTE);
    assert!(stage.start("match-waiting"));
    assert_eq!(doer(&stage, 1), Some(id_of(5)));
}

#[test]
fn a_request_needs_all_of_its_skills() {
    let stage = town();
    let mut both = asked(1);
    both.skills = skills(&[("floors", 2), ("windows", 2)]);
    for (n, masters) in [
        (1, vec![("windows", 5)]),
        (2, vec![("floors", 1), ("windows", 5)]),
        (3, vec![("floors", 2), ("windows", 2)]),
    ] {
        assert!(stage.deliver("keep-worker", &event(&stage, &hired(n, &masters), 1, 1)));
        set(&stage, n, &availability(north(10), &[(1, 4)]));
    }
    assert!(stage.deliver("decide-request", &event(&stage, &both, 1, 1)));
    assert_eq!(doer(&stage, 1), Some(id_of(3)));
}

#[test]
fn a_request_that_needs_no_skill_finds_anybody() {
    let stage = town_with(1);
    let mut none = asked(1);
    none.skills.clear();
    assert!(stage.deliver("decide-request", &event(&stage, &none, 1, 1)));
    assert_eq!(doer(&stage, 1), Some(id_of(1)));
}

#[test]
fn workers_of_the_coarse_grid_are_found_too_and_those_of_another_town_are_not() {
    let stage = town();
    hire(&stage, 1);
    let mut far = availability(north(15_000), &[(1, 4)]);
    far["radius_m"] = json!(20_000);
    assert_eq!(set(&stage, 1, &far).status_code, 200);
    free(&stage, 2, kernel::Place { latitude_e7: 599_390_000, longitude_e7: 303_158_000 }, &[(1, 4)]);
    place(&stage, 1);
    assert_eq!(doer(&stage, 1), Some(id_of(1)));
    place(&stage, 2);
    assert_eq!(doer(&stage, 2), None);
}

#[test]
fn nobody_waits_once_and_the_wait_is_explained() {
    let stage = town();
    free(&stage, 1, north(10), &[(4, 8)]);
    assert!(place(&stage, 1) && place(&stage, 1));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], WAITING);
    assert_eq!(events[0]["data"], json!({ "request": request(1), "client": client() }));
    assert_eq!(stored(&stage, 1).due, Some(stage.now().after(crate::support::MINUTE)));
    let decided = decision(&stage, 1, 1).unwrap().decision;
    assert!(matches!(decided.outcome, Outcome::Waiting { .. }));
    assert!(matches!(decided.candidates[0].verdict, Verdict::Misfit(_)), "{:?}", decided.candidates);
}

#[test]
fn a_request_whose_time_is_over_has_nobody() {
    let stage = town_with(1);
    stage.pass(crate::support::HOUR * 3);
    assert!(place(&stage, 1));
    assert_eq!(kinds(&stage), [UNMATCHED]);
    assert!(matches!(stored(&stage, 1).standing, Standing::Closed { .. }));
}

#[test]
fn a_cancellation_that_overtakes_the_request_keeps_it_closed() {
    let stage = town_with(1);
    assert!(cancel(&stage, 1) && place(&stage, 1) && cancel(&stage, 1));
    assert_eq!(kinds(&stage), Vec::<String>::new());
    assert_eq!((doer(&stage, 1), taken(&stage, 1)), (None, 0));
}

#[test]
fn of_two_requests_for_one_slot_exactly_one_gets_it() {
    // The rival's decision comes in before each write of ours in turn.
    for write in 0..2 {
        let stage = Arc::new(town_with(1));
        meanwhile(&stage, write, |stage| assert!(place(stage, 2)));
        assert!(place(&stage, 1));
        stage.calm();
        assert_eq!(taken(&stage, 1), 1);
        let doers = [doer(&stage, 1), doer(&stage, 2)];
        assert_eq!(doers.iter().flatten().count(), 1, "{doers:?}");
        let mut kinds = kinds(&stage);
        kinds.sort();
        assert_eq!(kinds, [MATCHED, WAITING]);
    }
}

#[test]
fn who_loses_the_race_takes_the_next_best() {
    let stage = Arc::new(town_with(2));
    meanwhile(&stage, 1, |stage| assert!(place(stage, 2)));
    assert!(place(&stage, 1));
    stage.calm();
    assert_eq!((doer(&stage, 2), doer(&stage, 1)), (Some(id_of(1)), Some(id_of(2))));
    assert_eq!(kinds(&stage), [MATCHED, MATCHED]);
}

#[test]
fn the_slot_that_a_worker_takes_back_meanwhile_is_not_taken() {
    let stage = Arc::new(town_with(2));
    meanwhile(&stage, 1, |stage| assert_eq!(set(stage, 1, &availability(north(100), &[])).status_code, 200));
    assert!(place(&stage, 1));
    stage.calm();
    assert_eq!((doer(&stage, 1), taken(&stage, 1)), (Some(id_of(2)), 0));
}

#[test]
fn a_lost_reply_of_any_call_takes_one_slot_once() {
    for call in 0..12 {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = town_with(2);
            strike(&stage, call, fate, |_| true);
            assert!(place(&stage, 1), "call {call}");
            stage.calm();
            assert_eq!(kinds(&stage), [MATCHED], "call {call}");
            assert_eq!((taken(&stage, 1), taken(&stage, 2)), (1, 0));
        }
    }
}

#[test]
fn killed_at_any_call_the_next_delivery_goes_on() {
    for call in 0..8 {
        let stage = town_with(2);
        kill_at(&stage, call);
        place(&stage, 1);
        stage.calm();
        assert!(place(&stage, 1), "call {call}");
        assert_eq!(kinds(&stage), [MATCHED], "call {call}");
        assert_eq!((taken(&stage, 1), taken(&stage, 2)), (1, 0));
    }
}

#[test]
fn killed_for_good_the_clock_goes_on() {
    for call in 1..6 {
        let stage = town_with(2);
        kill_at(&stage, call);
        place(&stage, 1);
        stage.calm();
        // Only what was kept can be found by the clock.
        if local::testing::raw_item(&stage, "matching", &matching::store::request_key(request(1))).is_none() {
            continue;
        }
        stage.pass(crate::support::MINUTE);
        assert!(stage.start("match-waiting"));
        assert_eq!(kinds(&stage), [MATCHED], "call {call}");
        assert_eq!(doer(&stage, 1), Some(id_of(1)));
    }
}

#[test]
fn the_worker_with_less_to_do_is_chosen_among_equals() {
    let stage = town();
    for n in 1..=2 {
        free(&stage, n, north(100), &[(1, 2), (2, 3), (3, 4)]);
    }
    for n in 1..=4 {
        assert!(place(&stage, n));
    }
    assert_eq!((taken(&stage, 1), taken(&stage, 2)), (2, 2), "loads are even");
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = town_with(1);
    reports_only_what_it_cannot_read(&stage, "decide-request", &event(&stage, &asked(1), 1, 1));
    assert_eq!(doer(&stage, 1), Some(id_of(1)));
}

#[test]
fn long_names_of_skills_and_many_of_them_do_not_keep_a_worker_out() {
    let stage = town();
    let name = |n: usize| format!("{}{n:02}", "ё".repeat(38));
    let many: Vec<String> = (0..30).map(name).collect();
    let mut word = hired(1, &[]);
    word.skills = many.iter().map(|name| (Text::new(name).unwrap(), 3)).collect();
    word.skills.insert(Text::new("windows").unwrap(), 5);
    assert!(stage.deliver("keep-worker", &event(&stage, &word, 1, 1)));
    let hours: Vec<(i64, i64)> = (0..64).map(|n| (1 + n * 4, 4 + n * 4)).collect();
    assert_eq!(set(&stage, 1, &availability(north(10), &hours)).status_code, 200);
    assert!(place(&stage, 1));
    assert_eq!(doer(&stage, 1), Some(worker(1).account));
}
