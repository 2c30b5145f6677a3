//! The hourly pull: page by page, from where it came to.

use crate::support::*;
use local::faults::Fate;
use local::outside::{Answer, Service};
use local::stage::Stage;
use local::testing::item;
use partners::happy_cat_box::SOURCE;
use partners::store::{Pull, pull_key};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn pull(stage: &Stage) -> Pull {
    item(stage, "partners", &pull_key(SOURCE)).unwrap()
}

/// Happy Cat Box has so many clients, one a second.
fn with_clients(count: u32) -> Stage {
    with_clients_each(Duration::from_secs(1), count)
}

/// Happy Cat Box has so many clients, so long after one another.
fn with_clients_each(apart: Duration, count: u32) -> Stage {
    let stage = shop();
    for n in 0..count {
        stage.pass(apart);
        save_there(&stage, &format!("C{n:03}"), &format!("{n}@example.com"));
    }
    stage
}

/// How often the list was asked for.
fn asked(stage: &Stage) -> usize {
    stage.calls().iter().filter(|call| call.service == Service::Partner).count()
}

#[test]
fn every_page_is_taken_over_and_the_next_run_asks_for_what_is_new() {
    let stage = with_clients(250);
    assert!(stage.start("pull-happy-cat-box"));
    assert_eq!(asked(&stage), 3);
    assert_eq!(imported(&stage).len(), 250);
    stage.pass(HOUR);
    save_there(&stage, "C007", "new@example.com");
    assert!(stage.start("pull-happy-cat-box"));
    assert_eq!(asked(&stage), 3, "what changed in the last five minutes is read again");
    assert_eq!(imported(&stage), ["C007"]);
    stage.pass(HOUR);
    assert!(stage.start("pull-happy-cat-box"));
    assert_eq!(asked(&stage), 1);
    assert_eq!(imported(&stage), [] as [&str; 0], "what is known is not announced");
}

#[test]
fn nothing_new_writes_nothing() {
    let stage = shop();
    assert!(stage.start("pull-happy-cat-box"));
    assert!(!stage.calls().iter().any(|call| call.operation == "PutItem"));
}

#[test]
fn a_place_that_is_lost_begins_the_list_again() {
    let stage = with_clients(150);
    // It fails on the second page.
    stage.interfere(|call| match call.target.contains("cursor=") {
        true => Fate::Instead(Answer::new(503, "{}")),
        false => Fate::Answered,
    });
    assert!(!stage.start("pull-happy-cat-box"));
    assert!(pull(&stage).cursor.is_some(), "it goes on there");
    stage.interfere(|call| match call.target.contains("cursor=") {
        true => Fate::Instead(Answer::new(410, "{}")),
        false => Fate::Answered,
    });
    // Each time the place is lost it begins again, and the run ends some day.
    assert!(stage.start("pull-happy-cat-box"));
    stage.calm();
    stage.calls();
    assert!(stage.start("pull-happy-cat-box"));
    assert_eq!(imported(&stage).len(), 150);
    assert_eq!(pull(&stage).cursor, None);
}

#[test]
fn places_that_live_for_less_than_an_hour_are_gone_on_from_by_time() {
    let stage = with_clients_each(MINUTE, 450);
    // Each run reads two pages, and finds its place lost in the next one.
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    stage.interfere(move |call| {
        let is_page = call.service == Service::Partner;
        let number = count.fetch_add(usize::from(is_page), Ordering::Relaxed);
        match (is_page, number, call.target.contains("cursor=")) {
            (true, 0, true) => Fate::Instead(Answer::new(410, "{}")),
            (true, 3.., _) => Fate::Instead(Answer::new(503, "{}")),
            _ => Fate::Answered,
        }
    });
    let runs = (1..10).find(|_| {
        asked.store(0, Ordering::Relaxed);
        stage.pass(HOUR);
        stage.start("pull-happy-cat-box")
    });
    assert_eq!((runs, imported(&stage).len()), (Some(2), 450));
}

#[test]
fn a_client_from_the_future_stops_neither_the_others_nor_itself() {
    let stage = with_clients(3);
    let future = json!({
        "clients": [
            row("A", "a@example.com", 1),
            { "id": "B", "email": "b@example.com", "updated_at": "2099-01-01T00:00:00Z" },
        ],
    });
    stage.interfere(move |call| match call.service {
        Service::Partner => Fate::Instead(Answer::json(&future)),
        _ => Fate::Answered,
    });
    assert!(stage.start("pull-happy-cat-box"));
    assert!(stage.log().iter().any(|line| line.contains("cannot be read") && line.contains("\"refused\":1")));
    stage.calm();
    assert_eq!(imported(&stage), ["A"]);
    assert!(pull(&stage).after.is_some_and(|after| after < stage.now()));
    save_there(&stage, "B", "b@example.com");
    stage.pass(HOUR);
    assert!(stage.start("pull-happy-cat-box"));
    assert_eq!(imported(&stage).len(), 4, "three that were there, and the one whose time is true now");
}

#[test]
fn a_clock_that_is_a_little_ahead_leaves_nothing_out() {
    let stage = shop();
    let ahead = stage.now().after(MINUTE * 5);
    let soon = move |id: &str| json!({ "id": id, "email": "a@example.com", "updated_at": ahead });
    stage.interfere(move |call| match call.service {
        Service::Partner => Fate::Instead(Answer::json(&json!({ "clients": [soon("A")] }))),
        _ => Fate::Answered,
    });
    assert!(stage.start("pull-happy-cat-box"));
    stage.calm();
    assert_eq!(imported(&stage), ["A"]);
    assert!(pull(&stage).after.is_some_and(|after| after < stage.now()));
}

#[test]
fn a_row_that_was_refused_for_its_time_is_taken_over_when_that_has_come() {
    let stage = shop();
    let later = stage.now().after(MINUTE * 30);
    let page = json!({ "clients": [{ "id": "A", "email": "a@example.com", "updated_at": later }] });
    stage.interfere(move |call| match call.service {
        Service::Partner => Fate::Instead(Answer::json(&page)),
        _ => Fate::Answered,
    });
    assert!(stage.start("pull-happy-cat-box"));
    assert_eq!(imported(&stage), [] as [&str; 0]);
    stage.pass(HOUR);
    assert!(stage.start("pull-happy-cat-box"));
    assert_eq!(imported(&stage), ["A"]);
}

#[test]
fn answers_that_are_none_fail_the_run_and_lose_nothing() {
    let stage = with_clients(3);
    for answer in [
        Answer::new(401, "{}"),
        Answer::new(500, "{}"),
        Answer::new(200, "[]"),
        Answer::new(429, ""),
    ] {
        stage.interfere(move |call| match call.service {
            Service::Partner => Fate::Instead(answer.clone()),
            _ => Fate::Answered,
        });
        assert!(!stage.start("pull-happy-cat-box"));
    }
    stage.calm();
    assert!(stage.start("pull-happy-cat-box"));
    stage.calls();
    assert_eq!(imported(&stage).len(), 3);
}

#[test]
fn ended_anywhere_the_next_run_goes_on() {
    ended_at_each_call(
        || with_clients(120),
        |stage| stage.start("pull-happy-cat-box"),
        |stage| {
            assert!(stage.start("pull-happy-cat-box"));
            stage.settle().unwrap();
            for id in ["C000", "C099", "C119"] {
                assert!(client(stage, id).is_some(), "{id}");
            }
            assert_eq!(pull(stage).cursor, None);
        },
    );
}
