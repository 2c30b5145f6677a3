//! `send-payout`, `poll-payouts`, `retry-payout`.

use crate::support::{
    End, HOUR, KEY, announced, asks, count, earned, interfere, item_of_run, job, manager, payout, run, stage,
    transferred, until, until_run, view, week,
};
use billing::payout::State;
use contracts::billing::PayoutPlanned;
use kernel::Role;
use local::faults::Fate;
use local::outside::Answer;
use local::stage::Stage;
use local::testing::{event, only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;

const PAID: &str = "billing.payout-paid.v1";
const FAILED: &str = "billing.payout-failed.v1";
/// Prices whose 60 % the provider pays, fails, refuses.
const GOOD: i64 = 10_000;
const FAILS: i64 = 10_022;
const REFUSED: i64 = 10_028;

/// A stage on which worker 2 is to be paid for a job of this price, and nothing was sent yet.
fn planned(price: i64) -> Stage {
    let stage = stage();
    assert!(stage.deliver("settle-job", &job(&stage, 1, End::Completed, (1, 2), price)));
    until_run(&stage);
    interfere(&stage, usize::MAX, Fate::NeverSent, |call| asks(call, "POST") || asks(call, "GET"));
    assert!(stage.start("begin-run"));
    settle_without_provider(&stage);
    stage.calm();
    stage
}

/// Everything is done but what needs the provider, which fails.
fn settle_without_provider(stage: &Stage) {
    // What failed comes again only later.
    let is_settled = (0..20).any(|_| stage.settle().is_ok());
    assert!(is_settled && item_of_run(stage).finished_at.is_some());
}

/// The event that has it sent.
fn planned_event(stage: &Stage) -> Value {
    let payout = payout(stage, 2, week()).unwrap();
    let planned = PayoutPlanned {
        payout: payout.id,
        worker: payout.worker,
        amount: payout.amount,
        period: payout.period.to_string(),
    };
    event(stage, &planned, 1, 1)
}

fn send(stage: &Stage) -> bool {
    stage.deliver("send-payout", &planned_event(stage))
}

fn retry(stage: &Stage, key: &str) -> HttpResponse {
    let id = payout(stage, 2, week()).unwrap().id;
    stage.ask("retry-payout").by(&manager()).at(id).key(key).get()
}

fn state(stage: &Stage) -> State {
    payout(stage, 2, week()).unwrap().state
}

/// What was transferred in all.
fn total(stage: &Stage) -> i64 {
    transferred(stage).values().sum()
}

#[test]
fn that_it_is_sent_is_stored_before_the_provider_is_asked() {
    let stage = planned(GOOD);
    assert!(matches!(state(&stage), State::Sending { .. }), "{:?}", state(&stage));
    assert_eq!((total(&stage), earned(&stage, 2)), (0, 0));
}

#[test]
fn whatever_becomes_of_the_answer_it_is_paid_once() {
    let server_error = Fate::Instead(Answer::new(500, r#"{"error":{"code":"internal"}}"#));
    let too_many = Fate::Instead(Answer::new(429, r#"{"error":{"code":"too_many_requests"}}"#));
    let nonsense = Fate::Instead(Answer::new(200, "<html>"));
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error, too_many, nonsense] {
        for (posts, gets) in [(1, 0), (1, 1), (2, 1), (3, 3)] {
            let stage = planned(GOOD);
            let (seen, fate_of) = (Mutex::new((0, 0)), fate.clone());
            stage.interfere(move |call| {
                let mut seen = seen.lock().unwrap();
                let (so_far, most) = match () {
                    () if asks(call, "POST") => (&mut seen.0, posts),
                    () if asks(call, "GET") => (&mut seen.1, gets),
                    () => return Fate::Answered,
                };
                *so_far += 1;
                if *so_far <= most { fate_of.clone() } else { Fate::Answered }
            });
            for _ in 0..6 {
                send(&stage);
                stage.pass(Duration::from_secs(30));
            }
            stage.rest(Duration::from_secs(60)).unwrap();
            assert_eq!(total(&stage), 6_000, "{fate:?} {posts} {gets}");
            assert!(matches!(state(&stage), State::Paid { .. }), "{fate:?} {posts} {gets} {:?}", state(&stage));
            assert_eq!(count(&announced(&stage), FAILED), 0);
        }
    }
}

#[test]
fn no_answer_is_no_refusal() {
    let stage = planned(GOOD);
    for status in [400, 401, 403, 404, 409, 500, 503] {
        let answer = Fate::Instead(Answer::new(status, r#"{"error":{"code":"whatever"}}"#));
        interfere(&stage, usize::MAX, answer, |call| asks(call, "POST"));
        assert!(!send(&stage), "{status}");
        assert!(matches!(state(&stage), State::Sending { .. }), "{status}");
    }
    assert_eq!(earned(&stage, 2), 0, "nobody gives back what may have been paid");
}

#[test]
fn a_refusal_gives_the_money_back_at_once_and_a_failure_later() {
    for (price, minor) in [(REFUSED, 6_017), (FAILS, 6_013)] {
        let stage = planned(price);
        stage.calls();
        assert!(send(&stage));
        stage.rest(Duration::from_secs(60)).unwrap();
        assert!(matches!(state(&stage), State::Failed { .. }));
        assert_eq!((earned(&stage, 2), total(&stage)), (minor, 0));
        let events = announced(&stage);
        assert_eq!((count(&events, FAILED), count(&events, PAID)), (1, 0));
        assert!(send(&stage), "an old event changes nothing");
        assert!(matches!(state(&stage), State::Failed { .. }));
    }
}

#[test]
fn a_failed_payout_is_paid_with_the_next_run() {
    let stage = planned(FAILS);
    assert!(send(&stage));
    stage.rest(Duration::from_secs(60)).unwrap();
    assert_eq!(earned(&stage, 2), 6_013);
    // With a job of 60.05 the sum ends otherwise, and is paid.
    assert!(stage.deliver("settle-job", &job(&stage, 2, End::Completed, (1, 2), 10_008)));
    until(&stage, week().next());
    run(&stage);
    assert_eq!((earned(&stage, 2), total(&stage)), (0, 6_013 + 6_005));
    problem(&retry(&stage, KEY), 409, "balance-too-low");
}

#[test]
fn what_came_back_is_tried_again_even_if_nothing_more_was_earned() {
    let stage = planned(FAILS);
    assert!(send(&stage));
    stage.rest(Duration::from_secs(60)).unwrap();
    until(&stage, week().next());
    run(&stage);
    let next = payout(&stage, 2, week().next()).unwrap();
    assert_eq!(next.amount.amount_minor, 6_013);
    assert!(matches!(next.state, State::Failed { .. }), "the bank still refuses");
    assert_eq!(earned(&stage, 2), 6_013);
}

#[test]
fn a_manager_has_it_tried_again() {
    let stage = planned(FAILS);
    assert!(send(&stage));
    stage.rest(Duration::from_secs(60)).unwrap();
    let first = retry(&stage, KEY);
    assert_eq!((first.status_code, &first.json()["attempt"]), (202, &json!(2)), "{}", first.body);
    assert_eq!(retry(&stage, KEY).body, first.body);
    assert_eq!(earned(&stage, 2), 0, "it is set aside again");
    problem(&retry(&stage, "another-key-of-a-retry"), 409, "payout-not-failed");
    stage.rest(Duration::from_secs(60)).unwrap();
    assert_eq!(earned(&stage, 2), 6_013, "and fails again");
    assert_eq!(retry(&stage, KEY).body, first.body, "a repetition is none");
    for attempt in 3..=10 {
        let again = retry(&stage, &format!("the-key-of-retry-{attempt:03}"));
        assert_eq!(again.json()["attempt"], json!(attempt), "{}", again.body);
        stage.rest(Duration::from_secs(60)).unwrap();
    }
    problem(&retry(&stage, "the-key-of-one-too-many"), 409, "too-many-attempts");
    let totals = &view(&stage, week(), "")["totals"][0];
    assert_eq!((&totals["failed"]["count"], &totals["pending"]["count"]), (&json!(1), &json!(0)));
    until(&stage, week().next());
    run(&stage);
    assert_eq!(
        payout(&stage, 2, week().next()).unwrap().amount.amount_minor,
        6_013,
        "retries are neither merit nor fault"
    );
}

#[test]
fn a_retry_whose_reply_was_lost_is_one() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = planned(REFUSED);
        assert!(send(&stage));
        interfere(&stage, 50, fate, crate::support::writes);
        problem(&retry(&stage, KEY), 503, "try-again");
        stage.calm();
        assert_eq!(retry(&stage, KEY).json()["attempt"], 2);
        assert_eq!(earned(&stage, 2), 0);
    }
}

#[test]
fn who_may_retry_what() {
    let stage = planned(GOOD);
    let id = payout(&stage, 2, week()).unwrap().id;
    only_for(Role::Manager, || stage.ask("retry-payout").at(id));
    problem(&retry(&stage, KEY), 409, "payout-not-failed");
    problem(&stage.ask("retry-payout").by(&manager()).at(id).get(), 400, "idempotency-key-missing");
    let unknown = stage.ask("retry-payout").by(&manager()).at("pyo_00000000000000000000000001").key(KEY).get();
    problem(&unknown, 404, "not-found");
}

#[test]
fn the_sweeper_sends_what_was_never_sent() {
    let stage = planned(GOOD);
    assert!(stage.start("poll-payouts"));
    assert_eq!(total(&stage), 0, "too early to look");
    stage.pass(Duration::from_secs(601));
    assert!(stage.start("poll-payouts"));
    stage.rest(Duration::from_secs(60)).unwrap();
    assert_eq!(total(&stage), 6_000);
    stage.calls();
    stage.pass(HOUR * 30);
    assert!(stage.start("poll-payouts"));
    assert_eq!(stage.calls().len(), 1, "an empty list");
}

#[test]
fn the_sweeper_asks_after_what_no_webhook_told_of() {
    let stage = planned(GOOD);
    assert!(send(&stage));
    assert!(matches!(state(&stage), State::Pending { .. }));
    stage.pass(HOUR * 2);
    // Its webhooks are lost.
    loop {
        let due = stage.cloud.sandboxes().due(stage.now());
        let Some((_, webhook)) = due.into_iter().next() else {
            break;
        };
        stage.cloud.sandboxes().delivered("golden-hat", webhook.delivery, Some(204), stage.now()).unwrap();
    }
    assert!(stage.start("poll-payouts"));
    assert!(matches!(state(&stage), State::Paid { .. }));
    assert_eq!(count(&announced(&stage), PAID), 1);
}

#[test]
fn after_a_day_the_provider_is_asked_and_nothing_is_sent_blindly() {
    // It was made, but no answer ever came: the key is forgotten by now.
    let stage = planned(GOOD);
    stage.interfere(|call| match () {
        () if asks(call, "POST") => Fate::ReplyLost,
        () if asks(call, "GET") => Fate::NeverSent,
        () => Fate::Answered,
    });
    assert!(!send(&stage));
    stage.calm();
    stage.pass(HOUR * 25);
    assert!(stage.start("poll-payouts"));
    assert_eq!(total(&stage), 6_000);
    assert!(matches!(state(&stage), State::Paid { .. }));
    // It was never made.
    let stage = planned(GOOD);
    stage.pass(HOUR * 25);
    stage.calls();
    assert!(stage.start("poll-payouts"));
    assert!(!stage.calls().iter().any(|call| asks(call, "POST")));
    assert!(matches!(state(&stage), State::Failed { ref reason, .. } if reason == "never-received"));
    assert_eq!(earned(&stage, 2), 6_000);
}

#[test]
fn one_that_fails_does_not_keep_the_others_waiting() {
    let stage = stage();
    for n in 0..60 {
        assert!(stage.deliver("settle-job", &job(&stage, n, End::Completed, (1, 100 + n), GOOD)));
    }
    until_run(&stage);
    interfere(&stage, usize::MAX, Fate::NeverSent, |call| asks(call, "POST") || asks(call, "GET"));
    assert!(stage.start("begin-run"));
    settle_without_provider(&stage);
    stage.calm();
    stage.pass(HOUR);
    interfere(&stage, 1, Fate::Instead(Answer::new(400, "{}")), |call| asks(call, "POST"));
    assert!(!stage.start("poll-payouts"), "it reports what failed");
    let left = 60 - transferred(&stage).len();
    assert!(left >= 1);
    stage.calm();
    stage.pass(HOUR);
    assert!(stage.start("poll-payouts"));
    stage.rest(Duration::from_secs(60)).unwrap();
    let planned = view(&stage, week(), "")["totals"][0]["planned"]["count"].as_u64().unwrap();
    assert_eq!(transferred(&stage).len() as u64, planned);
}
