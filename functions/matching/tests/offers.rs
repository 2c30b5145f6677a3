//! Offers: `accept-offer`, `decline-offer`, `list-offers`, and those that lapse.

use crate::support::{
    HERE, KEY, MATCHED, MINUTE, OFFER_ENDED, OFFERED, WAITING, announced, asked, at, availability, cancel, doer, id_of,
    kill_at, kinds, manager, meanwhile, member, place, policy, request, set, stored, strike, taken, town_with,
    withdraw, worker, writes,
};
use kernel::{OfferId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use matching::request::Standing;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// A town in which offers stand for five minutes, with request 1 offered.
fn offering(workers: u128) -> Stage {
    let stage = town_with(workers);
    policy(&stage, &json!({ "offer_timeout_s": 300 }));
    assert!(place(&stage, 1));
    assert_eq!(kinds(&stage), [OFFERED]);
    stage
}

/// The offer that is made now.
fn offer(stage: &Stage) -> OfferId {
    match stored(stage, 1).standing {
        Standing::Offered { offer, .. } => offer,
        other => panic!("{other:?}"),
    }
}

fn accept(stage: &Stage, n: u128, id: OfferId) -> HttpResponse {
    stage.ask("accept-offer").by(&worker(n)).at(id).get()
}

fn decline(stage: &Stage, n: u128, id: OfferId) -> HttpResponse {
    stage.ask("decline-offer").by(&worker(n)).at(id).get()
}

#[test]
fn only_workers_answer_offers() {
    let stage = town_with(0);
    only_for(Role::Worker, || stage.ask("accept-offer").at(OfferId::from_bits(1)));
    only_for(Role::Worker, || stage.ask("decline-offer").at(OfferId::from_bits(1)));
    only_for(Role::Worker, || stage.ask("list-offers"));
}

#[test]
fn the_best_worker_is_asked_and_the_slot_is_kept_meanwhile() {
    let stage = offering(2);
    let listed = stage.ask("list-offers").by(&worker(1)).get().json();
    let expected = json!({ "offers": [{
        "id": offer(&stage), "request": request(1), "service": asked(1).service, "price": asked(1).price,
        "place": HERE, "from": at(1), "until": at(2), "accept_until": stage.now().after(MINUTE * 5),
    }]});
    assert_eq!(listed, expected);
    assert_eq!(stage.ask("list-offers").by(&worker(2)).get().json(), json!({ "offers": [] }));
    let slots = stage.ask("get-availability").by(&worker(1)).get().json();
    assert_eq!(slots["slots"][0]["offer"]["id"], json!(offer(&stage)));
    assert!(place(&stage, 2), "another request goes to somebody else");
    assert!(matches!(stored(&stage, 2).standing, Standing::Offered { held, .. } if held.worker == id_of(2)));
}

#[test]
fn an_accepted_offer_is_a_match() {
    let stage = offering(2);
    let id = offer(&stage);
    let first = accept(&stage, 1, id);
    let body = json!({ "id": id, "request": request(1), "end": "accepted", "from": at(1), "until": at(2) });
    assert_eq!((first.status_code, first.json()), (200, body));
    let events = announced(&stage);
    let told: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(told, [OFFER_ENDED, MATCHED]);
    assert_eq!((&events[0]["data"]["end"], &events[1]["data"]["attempt"]), (&json!("accepted"), &json!(1)));
    let again = accept(&stage, 1, id);
    assert_eq!((again.status_code, again.body), (200, first.body));
    assert!(kinds(&stage).is_empty());
    assert_eq!((doer(&stage, 1), taken(&stage, 1)), (Some(id_of(1)), 1));
    assert!(member(&stage, 1).slots[0].taken.as_ref().unwrap().offer.is_none());
    problem(&decline(&stage, 1, id), 409, "offer-ended");
    stage.pass(MINUTE * 10);
    assert!(stage.start("match-waiting"));
    assert!(kinds(&stage).is_empty(), "it does not lapse any more");
}

#[test]
fn a_declined_offer_goes_to_the_next_and_not_back() {
    let stage = offering(2);
    let id = offer(&stage);
    let first = decline(&stage, 1, id);
    assert_eq!((first.status_code, &first.json()["end"]), (200, &json!("declined")));
    assert_eq!(kinds(&stage), [OFFER_ENDED, OFFERED]);
    assert_eq!((taken(&stage, 1), taken(&stage, 2)), (0, 1));
    assert_eq!(decline(&stage, 1, id).body, first.body);
    problem(&accept(&stage, 1, id), 409, "offer-ended");
    assert_eq!(decline(&stage, 2, offer(&stage)).status_code, 200);
    assert_eq!(kinds(&stage), [OFFER_ENDED, WAITING], "both were asked");
}

#[test]
fn an_offer_that_nobody_answers_goes_to_the_next() {
    let stage = offering(2);
    let id = offer(&stage);
    stage.pass(MINUTE * 4);
    assert!(stage.start("match-waiting"));
    assert!(kinds(&stage).is_empty(), "there is time yet");
    stage.pass(MINUTE);
    problem(&accept(&stage, 1, id), 409, "offer-ended");
    assert_eq!(stage.ask("list-offers").by(&worker(1)).get().json(), json!({ "offers": [] }));
    assert!(stage.start("match-waiting"));
    let events = announced(&stage);
    assert_eq!((&events[0]["data"]["end"], &events[1]["type"]), (&json!("lapsed"), &json!(OFFERED)));
    assert_eq!((taken(&stage, 1), taken(&stage, 2)), (0, 1));
    problem(&decline(&stage, 1, id), 409, "offer-ended");
}

#[test]
fn an_offer_to_somebody_else_is_not_found() {
    let stage = offering(2);
    problem(&accept(&stage, 2, offer(&stage)), 404, "not-found");
    problem(&decline(&stage, 2, offer(&stage)), 404, "not-found");
    problem(&accept(&stage, 1, OfferId::from_bits(9)), 404, "not-found");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn without_time_for_an_offer_it_is_assigned() {
    let stage = town_with(1);
    policy(&stage, &json!({ "offer_timeout_s": 900 }));
    stage.pass(Duration::from_secs(2 * 3600 + 50 * 60));
    assert!(place(&stage, 1));
    assert_eq!(kinds(&stage), [MATCHED]);
}

#[test]
fn of_two_answers_at_once_the_first_counts() {
    let stage = Arc::new(offering(2));
    let id = offer(&stage);
    meanwhile(&stage, 0, move |stage| assert_eq!(decline(stage, 1, id).status_code, 200));
    problem(&accept(&stage, 1, id), 409, "offer-ended");
    stage.calm();
    assert_eq!(kinds(&stage), [OFFER_ENDED, OFFERED]);

    let stage = Arc::new(offering(2));
    let id = offer(&stage);
    meanwhile(&stage, 0, move |stage| assert!(cancel(stage, 1)));
    problem(&accept(&stage, 1, id), 409, "offer-ended");
    stage.calm();
    assert_eq!((kinds(&stage), taken(&stage, 1)), (vec![OFFER_ENDED.to_owned()], 0));
}

#[test]
fn a_withdrawn_accepted_offer_goes_to_the_next() {
    let stage = offering(2);
    accept(&stage, 1, offer(&stage));
    kinds(&stage);
    assert!(withdraw(&stage, 1, 1));
    assert_eq!(kinds(&stage), [crate::support::ENDED, OFFERED]);
}

#[test]
fn a_manager_may_take_an_offer_back() {
    let stage = offering(2);
    let id = offer(&stage);
    let body = json!({ "worker": id_of(2) });
    let answer = stage.ask("rematch-request").by(&manager()).at(request(1)).key(KEY).send(&body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    assert_eq!(kinds(&stage), [OFFER_ENDED, MATCHED]);
    assert_eq!((taken(&stage, 1), doer(&stage, 1)), (0, Some(id_of(2))));
    problem(&accept(&stage, 1, id), 409, "offer-ended");
}

#[test]
fn a_lost_reply_of_any_call_answers_it_once() {
    for call in 0..8 {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = offering(2);
            let id = offer(&stage);
            strike(&stage, call, fate.clone(), |_| true);
            assert_eq!(accept(&stage, 1, id).status_code, 200);
            stage.calm();
            assert_eq!(kinds(&stage), [OFFER_ENDED, MATCHED]);
            let stage = offering(2);
            strike(&stage, call, fate, |_| true);
            assert_eq!(decline(&stage, 1, id).status_code, 200);
            stage.calm();
            assert_eq!(kinds(&stage), [OFFER_ENDED, OFFERED], "call {call}");
        }
    }
}

#[test]
fn killed_while_declining_the_next_is_asked_all_the_same() {
    for call in 0..10 {
        let stage = offering(2);
        let id = offer(&stage);
        kill_at(&stage, call);
        let done = decline(&stage, 1, id).status_code == 200;
        stage.calm();
        assert_eq!(decline(&stage, 1, id).status_code, 200, "call {call}, {done}");
        assert_eq!(kinds(&stage), [OFFER_ENDED, OFFERED], "call {call}");
        assert_eq!((taken(&stage, 1), taken(&stage, 2)), (0, 1));
    }
}

#[test]
fn a_slot_kept_for_an_offer_cannot_be_taken_back() {
    let stage = offering(1);
    stage.calls();
    problem(&set(&stage, 1, &availability(HERE, &[(1, 3)])), 409, "slot-taken");
    assert!(!stage.calls().iter().any(writes));
}
