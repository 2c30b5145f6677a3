//! Consents, devices and coaches: a person's readings are the person's alone, and whom the person lets see them.

use crate::support::{
    HOUR, KEY, NO_IDS, announced, beats, chart, coach, consent, empty, good, morning, person, range, register, rows,
    send, stranger, with_device, writes,
};
use kernel::{AccountId, Principal, Role};
use local::stage::Stage;
use local::testing::{caller, problem};
use serde_json::{Value, json};

fn allow(stage: &Stage, who: &Principal, coach: AccountId) -> local::trigger::HttpResponse {
    stage.ask("allow-coach").by(who).at(coach).get()
}

#[test]
fn consent_is_given_and_withdrawn_and_told_each_time_it_changes() {
    let stage = empty();
    let seen = || good(&stage.ask("get-consent").by(&person()).get());
    assert_eq!(seen(), json!({ "given": false, "coaches": [] }));
    assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204, "there is none");
    assert!(announced(&stage).is_empty());
    for _ in 0..2 {
        consent(&stage, &person());
    }
    assert_eq!(seen(), json!({ "given": true, "given_at": stage.now(), "coaches": [] }));
    let of = |kind: &str, data: Value| vec![(format!("sensors.{kind}.v1"), data)];
    let me = person().account;
    assert_eq!(announced(&stage), of("consent-given", json!({ "person": me, "coaches": [] })));
    good(&allow(&stage, &person(), coach().account));
    good(&allow(&stage, &person(), coach().account));
    let told = json!({ "person": me, "coaches": [coach().account] });
    assert_eq!(announced(&stage), of("consent-given", told));
    for _ in 0..2 {
        assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204);
    }
    assert_eq!(announced(&stage), of("consent-withdrawn", json!({ "person": me })));
    assert_eq!(seen(), json!({ "given": false, "withdrawn_at": stage.now(), "coaches": [] }));
}

#[test]
fn who_is_not_signed_in_has_nothing_here() {
    let (stage, device) = with_device();
    for function in [
        "get-consent",
        "give-consent",
        "withdraw-consent",
        "register-device",
        "list-devices",
    ] {
        problem(&stage.ask(function).key(KEY).get(), 401, "token-invalid");
    }
    for function in ["list-readings", "get-chart", "add-readings", "add-chunk"] {
        problem(&stage.ask(function).at(device).key(KEY).get(), 401, "token-invalid");
    }
    for function in ["allow-coach", "exclude-coach"] {
        problem(&stage.ask(function).at(coach().account).get(), 401, "token-invalid");
    }
}

#[test]
fn a_device_is_registered_once_and_only_with_consent() {
    let stage = empty();
    let ask = |body: &Value| stage.ask("register-device").by(&person()).key(KEY).send(body);
    let strap = json!({ "name": "Chest strap" });
    problem(&ask(&strap), 409, "consent-missing");
    consent(&stage, &person());
    announced(&stage);
    let first = ask(&strap);
    assert_eq!(first.status_code, 201, "{}", first.body);
    assert_eq!(ask(&strap).body, first.body);
    assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204);
    assert_eq!(ask(&strap).body, first.body, "it was registered before");
    problem(&ask(&json!({ "name": "Watch" })), 422, "idempotency-key-reused");
    problem(&ask(&json!({ "name": "" })), 400, "invalid-body");
    let id = first.json()["id"].clone();
    let registered = json!({ "device": id, "person": person().account });
    assert_eq!(announced(&stage)[0], ("sensors.device-registered.v1".to_owned(), registered));
    let listed = good(&stage.ask("list-devices").by(&person()).get());
    assert_eq!(listed["items"], json!([first.json()]));
    assert_eq!(good(&stage.ask("list-devices").by(&stranger()).get())["items"], json!([]));
}

#[test]
fn a_person_has_fifty_devices_at_most() {
    let stage = empty();
    consent(&stage, &person());
    for n in 0..50 {
        register(&stage, &person(), &format!("the-key-of-device-{n:03}"));
    }
    let ask = stage.ask("register-device").by(&person()).key("the-key-of-one-more");
    problem(&ask.send(&json!({ "name": "One more" })), 409, "too-many-devices");
}

#[test]
fn a_coach_sees_while_the_person_lets_and_changes_nothing() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    good(&send(&stage, device, KEY, &beats(from, &[100, 101])));
    let query = range(from, from + HOUR);
    let chart_query = format!("channel=heart-rate&{query}");
    let whose = format!("person={}", person().account);
    let statuses = |who: &Principal| {
        [
            stage.ask("list-readings").by(who).at(device).query(&query).get().status_code,
            stage.ask("get-chart").by(who).at(device).query(&chart_query).get().status_code,
            stage.ask("list-devices").by(who).query(&whose).get().status_code,
        ]
    };
    assert_eq!(statuses(&coach()), [404; 3]);
    good(&allow(&stage, &person(), coach().account));
    assert_eq!(statuses(&coach()), [200; 3]);
    assert_eq!(rows(&stage, &coach(), device, from, from + HOUR, 10).len(), 2);
    let add = stage.ask("add-readings").by(&coach()).at(device).key(KEY);
    problem(&add.send(&beats(from, &[1])), 404, "not-found");
    // Neither another's coach nor staff see anything, whatever they may see elsewhere.
    for role in Role::ALL {
        assert_eq!(statuses(&caller(9, role)), [404; 3], "{}", role.name());
    }
    assert_eq!(stage.ask("exclude-coach").by(&person()).at(coach().account).get().status_code, 204);
    assert_eq!(statuses(&coach()), [404; 3]);
    good(&allow(&stage, &person(), coach().account));
    assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204);
    assert_eq!(statuses(&coach()), [404; 3], "at once");
    assert_eq!(statuses(&person()), [200; 3], "what is there stays the person's");
    consent(&stage, &person());
    assert_eq!(statuses(&coach()), [404; 3], "nobody is let in again unasked");
}

#[test]
fn who_is_let_in_is_somebody_else_and_one_of_ten() {
    let stage = empty();
    problem(&allow(&stage, &person(), coach().account), 409, "consent-missing");
    consent(&stage, &person());
    problem(&allow(&stage, &person(), person().account), 422, "own-account");
    for n in 10..20 {
        good(&allow(&stage, &person(), AccountId::from_bits(n)));
    }
    problem(&allow(&stage, &person(), AccountId::from_bits(20)), 409, "too-many-coaches");
    good(&allow(&stage, &person(), AccountId::from_bits(12)));
    problem(&stage.ask("allow-coach").by(&person()).at("acc_1").get(), 404, "not-found");
    stage.calls();
    assert_eq!(stage.ask("exclude-coach").by(&person()).at(AccountId::from_bits(30)).get().status_code, 204);
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn what_names_no_device_is_not_there() {
    let (stage, device) = with_device();
    let now = stage.now().as_millis();
    let query = range(now - HOUR, now);
    for path in NO_IDS {
        let readings = stage.ask("list-readings").by(&person()).at(path).query(&query);
        problem(&readings.get(), 404, "not-found");
        let chart = stage.ask("get-chart").by(&person()).at(path).query(&format!("channel=power&{query}"));
        problem(&chart.get(), 404, "not-found");
    }
    let wrong = stage.ask("list-readings").by(&person()).at(device).query(&format!("{query}&cursor=12"));
    problem(&wrong.get(), 422, "cursor-wrong");
    problem(&stage.ask("list-readings").by(&person()).at(device).query("from=1").get(), 400, "invalid-query");
    let chart_of = |query: String| stage.ask("get-chart").by(&person()).at(device).query(&query).get();
    problem(&chart_of(format!("channel=heart-rate&{}", range(now, now))), 422, "range-wrong");
    problem(&chart_of(format!("channel=heart-rate&{}", range(now - 2001 * 24 * HOUR, now))), 422, "range-wrong");
    problem(&chart_of(format!("channel=latitude&{query}")), 422, "channel-not-drawn");
    problem(&chart_of(format!("channel=blood-sugar&{query}")), 400, "invalid-query");
    problem(&chart_of(format!("channel=heart-rate&points=2001&{query}")), 400, "invalid-query");
    assert_eq!(chart(&stage, device, now - HOUR, now, 100)["points"], json!([]), "a device without readings");
}

#[test]
fn what_was_announced_is_announced_again() {
    let (stage, _) = with_device();
    let again = stage.invoke("republish-sensors", b"{}".to_vec());
    assert!(again.is_ok());
    let kinds: Vec<String> = announced(&stage).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
}
