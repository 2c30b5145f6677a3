//! `set-availability`, `get-availability` and `keep-worker`.

use crate::support::{
    HERE, HOUR, MINUTE, at, availability, doer, free, hire, hired, id_of, kinds, meanwhile, member, north, place, set,
    skills, strike, taken, town, town_with, worker, writes,
};
use kernel::Role;
use local::faults::Fate;
use local::testing::{event, only_for, problem, reports_only_what_it_cannot_read};
use serde_json::json;
use std::sync::Arc;

#[test]
fn only_workers_say_when_they_are_free() {
    let stage = town();
    only_for(Role::Worker, || stage.ask("set-availability"));
    only_for(Role::Worker, || stage.ask("get-availability"));
    assert!(stage.calls().iter().all(|call| !writes(call)));
}

#[test]
fn what_is_set_is_what_is_read() {
    let stage = town();
    let body = json!({
        "base": HERE, "radius_m": 7_000, "speed_kmh": 20,
        "slots": [{ "from": at(5), "until": at(6) }, { "from": at(1), "until": at(4) }],
    });
    let answer = set(&stage, 1, &body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    let read = stage.ask("get-availability").by(&worker(1)).get();
    assert_eq!(read.body, answer.body);
    assert_eq!(read.headers["etag"], "\"1\"");
    let view = read.json();
    assert_eq!(view["base"], json!({ "place": HERE, "radius_m": 7_000, "speed_kmh": 20 }));
    assert_eq!((&view["slots"][0]["from"], &view["slots"][1]["from"]), (&json!(at(1)), &json!(at(5))), "in order");
    let nobodys = stage.ask("get-availability").by(&worker(2)).get().json();
    assert_eq!(nobodys, json!({ "slots": [] }));
}

#[test]
fn the_same_again_changes_nothing() {
    let stage = town();
    let body = availability(HERE, &[(1, 4)]);
    let first = set(&stage, 1, &body);
    stage.calls();
    let again = set(&stage, 1, &body);
    assert_eq!((again.status_code, &again.body), (200, &first.body));
    assert_eq!(again.headers["etag"], first.headers["etag"]);
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_change_by_another_device_is_not_overwritten() {
    let stage = Arc::new(town());
    set(&stage, 1, &availability(HERE, &[(1, 4)]));
    let change =
        |body: &serde_json::Value| stage.ask("set-availability").by(&worker(1)).header("if-match", "\"1\"").send(body);
    assert_eq!(change(&availability(HERE, &[(2, 4)])).status_code, 200);
    problem(&change(&availability(HERE, &[(3, 4)])), 412, "version-changed");
}

#[test]
fn slots_that_may_not_be_are_refused_one_by_one() {
    let stage = town();
    stage.pass(HOUR * 2);
    let odd = |seconds: i64| kernel::Timestamp::from_millis(at(5).as_millis() + seconds * 1000);
    for (slot, wrong) in [
        (json!({ "from": at(4), "until": at(4) }), "ends before it begins"),
        (json!({ "from": at(5), "until": at(4) }), "ends before it begins"),
        (json!({ "from": at(1), "until": at(2) }), "is over"),
        (json!({ "from": at(1), "until": at(30 * 24 + 3) }), "is more than 30 days ahead"),
        (json!({ "from": at(-30), "until": at(4) }), "began more than a day ago"),
        (json!({ "from": odd(1), "until": at(9) }), "is not in whole minutes"),
        (json!({ "from": at(11), "until": at(13) }), "overlaps another one"),
    ] {
        let mut body = availability(HERE, &[(10, 12)]);
        body["slots"].as_array_mut().unwrap().push(slot);
        let refused = problem(&set(&stage, 1, &body), 422, "slot-wrong");
        assert_eq!((&refused["slot"], &refused["wrong"]), (&json!(1), &json!(wrong)));
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn what_is_out_of_bounds_is_not_read() {
    let stage = town();
    for (field, value) in [
        ("radius_m", json!(99)),
        ("radius_m", json!(20_001)),
        ("speed_kmh", json!(0)),
        ("base", json!({ "latitude_e7": 900_000_001, "longitude_e7": 0 })),
        ("colour", json!("red")),
    ] {
        let mut body = availability(HERE, &[]);
        body[field] = value;
        assert_eq!(set(&stage, 1, &body).status_code, 400, "{field}");
    }
    let too_many: Vec<(i64, i64)> = (0..65).map(|n| (n, n + 1)).collect();
    assert_eq!(set(&stage, 1, &availability(HERE, &too_many)).status_code, 400);
}

#[test]
fn what_is_taken_stays_taken() {
    let stage = town_with(1);
    place(&stage, 1);
    assert_eq!(set(&stage, 1, &availability(HERE, &[(5, 6)])).status_code, 200, "whether it is sent or not");
    assert_eq!((taken(&stage, 1), member(&stage, 1).slots.len()), (1, 2));
    assert_eq!(set(&stage, 1, &availability(HERE, &[(1, 4), (5, 6)])).status_code, 200);
    assert_eq!((taken(&stage, 1), member(&stage, 1).slots.len()), (1, 2));
    let overlapping = set(&stage, 1, &availability(HERE, &[(3, 6)]));
    let refused = problem(&overlapping, 409, "slot-taken");
    assert_eq!((&refused["from"], &refused["until"]), (&json!(at(3)), &json!(at(6))));
    let view = stage.ask("get-availability").by(&worker(1)).get().json();
    assert_eq!(view["slots"][0]["request"], json!(crate::support::request(1)));
}

#[test]
fn who_is_not_free_any_more_is_not_found() {
    let stage = town_with(1);
    set(&stage, 1, &availability(HERE, &[]));
    place(&stage, 1);
    assert_eq!(doer(&stage, 1), None);
    set(&stage, 1, &availability(north(9_000), &[(1, 4)]));
    stage.pass(MINUTE);
    assert!(stage.start("match-waiting"));
    assert_eq!(doer(&stage, 1), None, "moved away: the old cells list nobody");
    set(&stage, 1, &availability(HERE, &[(1, 4)]));
    stage.pass(MINUTE * 2);
    assert!(stage.start("match-waiting"));
    assert_eq!(doer(&stage, 1), Some(id_of(1)));
}

#[test]
fn availability_before_hiring_counts_when_hiring_comes() {
    let stage = town();
    set(&stage, 1, &availability(HERE, &[(1, 4)]));
    place(&stage, 1);
    assert_eq!(doer(&stage, 1), None);
    hire(&stage, 1);
    stage.pass(MINUTE);
    assert!(stage.start("match-waiting"));
    assert_eq!(doer(&stage, 1), Some(id_of(1)));
}

#[test]
fn the_newest_word_of_hiring_counts() {
    let stage = town();
    let say = |version, level| {
        let word = event(&stage, &hired(1, &[("windows", level)]), 1, version);
        assert!(stage.deliver("keep-worker", &word) && stage.deliver("keep-worker", &word));
        member(&stage, 1).hired.unwrap().skills
    };
    assert_eq!(say(2, 2), skills(&[("windows", 2)]));
    assert_eq!(say(1, 1), skills(&[("windows", 2)]), "a late one");
    assert_eq!(say(3, 3), skills(&[("windows", 3)]));
    let restored = event(&stage, &hired(1, &[("windows", 4)]), 2, 1);
    assert!(stage.deliver("keep-worker", &restored), "after a restore versions begin anew");
    assert_eq!(member(&stage, 1).hired.unwrap().skills, skills(&[("windows", 4)]));
    assert!(kinds(&stage).is_empty());
}

#[test]
fn of_hiring_and_availability_at_once_both_count() {
    let stage = Arc::new(town());
    meanwhile(&stage, 0, |stage| hire(stage, 1));
    assert_eq!(set(&stage, 1, &availability(HERE, &[(1, 4)])).status_code, 200);
    stage.calm();
    place(&stage, 1);
    assert_eq!(doer(&stage, 1), Some(id_of(1)));

    let stage = Arc::new(town());
    free(&stage, 1, HERE, &[(1, 2)]);
    meanwhile(&stage, 0, |stage| assert_eq!(set(stage, 1, &availability(HERE, &[(1, 4)])).status_code, 200));
    let promoted = event(&stage, &hired(1, &[("windows", 4)]), 1, 2);
    assert!(stage.deliver("keep-worker", &promoted));
    stage.calm();
    let slots: Vec<_> = member(&stage, 1).free(stage.now()).map(|slot| slot.until).collect();
    assert_eq!((slots, member(&stage, 1).hired.unwrap().skills), (vec![at(4)], skills(&[("windows", 4)])));
}

#[test]
fn a_lost_reply_writes_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = town();
        strike(&stage, 0, fate, writes);
        free(&stage, 1, HERE, &[(1, 4)]);
        stage.calm();
        let again = set(&stage, 1, &availability(HERE, &[(1, 4)]));
        assert_eq!(again.headers["etag"], "\"2\"");
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = town();
    reports_only_what_it_cannot_read(&stage, "keep-worker", &event(&stage, &hired(1, &[("windows", 1)]), 1, 1));
}

#[test]
fn who_was_free_once_does_not_stand_in_the_directory_for_ever() {
    let stage = town_with(2);
    set(&stage, 2, &availability(HERE, &[(1, 4), (30, 34)]));
    stage.pass(HOUR * 4);
    assert!(stage.start("unlist-workers"));
    let listed = |n: u128| {
        let key = platform::Key::new(id_of(n), "entry#00");
        local::testing::raw_item(&stage, "matching", &key).unwrap()["cell"].is_object()
    };
    assert_eq!((listed(1), listed(2)), (false, true));
    assert_eq!((member(&stage, 1).due, member(&stage, 2).due), (None, Some(at(34))));
    stage.calls();
    assert!(stage.start("unlist-workers"));
    assert!(!stage.calls().iter().any(writes), "nothing is left to do");
    set(&stage, 1, &availability(HERE, &[(31, 34)]));
    assert!(listed(1), "and comes back");
}

#[test]
fn who_is_free_again_at_the_moment_of_being_struck_off_stays_free() {
    let stage = Arc::new(town_with(1));
    stage.pass(HOUR * 4);
    meanwhile(&stage, 0, |stage| assert_eq!(set(stage, 1, &availability(HERE, &[(31, 34)])).status_code, 200));
    assert!(stage.start("unlist-workers"));
    stage.calm();
    assert_eq!(member(&stage, 1).due, Some(at(34)));
}
