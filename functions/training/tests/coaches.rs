//! Who may look.

use crate::support::{HOUR, account, athlete, enrol, good, hear, meanwhile, ride, stage, stranger, thresholds};
use contracts::sensors::ConsentWithdrawn;
use kernel::{AccountId, Role};
use local::stage::Stage;
use local::testing::{caller, event, only_for, problem};
use serde_json::{Value, json};

/// Every way to look at somebody's training.
const LOOKS: [(&str, &str); 5] = [
    ("get-athlete", ""),
    ("get-calendar", "from=2030-01-07&to=2030-01-09&"),
    ("get-load", "from=2030-01-07&to=2030-01-09&"),
    ("list-records", "sport=cycling&"),
    ("list-workouts", ""),
];

fn looks(stage: &Stage) -> Vec<u16> {
    let look = |(function, query): (&'static str, &str)| {
        let query = format!("{query}person={}", account());
        stage.ask(function).by(&stranger()).query(&query).get().status_code
    };
    LOOKS.into_iter().map(look).collect()
}

#[test]
fn only_who_is_allowed_to_looks_and_only_as_long() {
    let stage = stage();
    thresholds(&stage, 200);
    enrol(&stage, "2030-01-07");
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    assert_eq!(looks(&stage), [404; 5]);
    let coach = |function| stage.ask(function).by(&athlete()).at(stranger().account).get();
    for _ in 0..2 {
        assert_eq!(coach("admit-coach").status_code, 204);
    }
    assert_eq!(looks(&stage), [200; 5]);
    let theirs = stage.ask("list-workouts").by(&stranger()).query(&format!("person={}", account())).get();
    assert_eq!(good(&theirs)["items"].as_array().unwrap().len(), 1);
    for _ in 0..2 {
        assert_eq!(coach("dismiss-coach").status_code, 204);
    }
    assert_eq!(looks(&stage), [404; 5]);
}

/// Sensors say that the consent was withdrawn then.
fn withdrawn(stage: &Stage) -> Value {
    event(stage, &ConsentWithdrawn { person: account() }, 1, 1)
}

#[test]
fn who_withdraws_the_consent_to_readings_is_looked_at_by_nobody_else() {
    let stage = stage();
    let coach = |function| stage.ask(function).by(&athlete()).at(stranger().account).get().status_code;
    let told = withdrawn(&stage);
    assert!(stage.deliver("follow-consent", &told), "of whom nothing is known");
    stage.pass(HOUR);
    assert_eq!(coach("admit-coach"), 204);
    let late = withdrawn(&stage);
    stage.pass(HOUR);
    assert_eq!(looks(&stage), [200; 5]);
    for _ in 0..2 {
        assert!(stage.deliver("follow-consent", &late));
        assert_eq!(looks(&stage), [404; 5]);
    }
    let seen = good(&stage.ask("get-athlete").by(&athlete()).get());
    assert_eq!(seen["coaches"], json!([]));
    // Who is let in after that stays, whatever is told again.
    assert_eq!(coach("admit-coach"), 204);
    for told in [&late, &told] {
        assert!(stage.deliver("follow-consent", told));
        assert_eq!(looks(&stage), [200; 5]);
    }
    assert_eq!(coach("dismiss-coach"), 204);
    assert_eq!(looks(&stage), [404; 5]);
}

#[test]
fn who_is_let_in_while_the_consent_is_withdrawn_is_let_in_before_or_after_it() {
    let admit = |stage: &Stage| {
        let admitted = stage.ask("admit-coach").by(&athlete()).at(stranger().account).get();
        assert_eq!(admitted.status_code, 204);
    };
    // The withdrawal was written down before it: that is so by whatever clock.
    let stage = stage();
    let told = withdrawn(&stage);
    meanwhile(&stage, move |stage| assert!(stage.deliver("follow-consent", &told)));
    admit(&stage);
    stage.calm();
    assert_eq!(looks(&stage), [200; 5]);
    // It was heard after it.
    let stage = crate::support::stage();
    let told = withdrawn(&stage);
    admit(&stage);
    assert!(stage.deliver("follow-consent", &told));
    assert_eq!(looks(&stage), [404; 5]);
}

#[test]
fn an_auditor_sees_none_of_it() {
    let stage = stage();
    for (function, query) in LOOKS {
        only_for(Role::Customer, || stage.ask(function).query(&format!("{query}person={}", account())));
    }
}

#[test]
fn so_many_may_look_and_not_more() {
    let stage = stage();
    let allow = |n: u128| stage.ask("admit-coach").by(&athlete()).at(AccountId::from_bits(n)).get();
    problem(&allow(1), 422, "own-coach");
    for n in 10..20 {
        assert_eq!(allow(n).status_code, 204);
    }
    problem(&allow(20), 409, "too-many-coaches");
    assert_eq!(caller(1, Role::Customer).account, account());
}
