//! `begin-run`, `start-run`, `settle-page`, `get-run`.

use crate::support::{
    End, HOUR, KEY, PRICE, adjust, announced, client, count, earned, ends, invoice_id, item_of_run, job, manager,
    only_for_overseers, owed, payout, run, stage, stored_balance, transferred, until, until_run, view, week, worker,
};
use billing::ledger::Side;
use kernel::Role;
use local::stage::Stage;
use local::testing::{event, only_for, problem};
use serde_json::{Value, json};
use std::time::Duration;

const FINISHED: &str = "billing.run-finished.v1";
const ISSUED: &str = "billing.invoice-issued.v1";
const PLANNED: &str = "billing.payout-planned.v1";
const PAID: &str = "billing.payout-paid.v1";

/// How much the first payout of a worker came to at the provider.
fn sent(stage: &Stage, n: u128) -> Option<i64> {
    let reference = payout(stage, n, week())?.reference();
    transferred(stage).get(&reference).copied()
}

#[test]
fn a_week_ends_in_an_invoice_and_a_payout() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    ends(&stage, 2, End::Cancelled);
    ends(&stage, 3, End::Completed);
    until_run(&stage);
    stage.calls();
    run(&stage);
    let events = announced(&stage);
    for (kind, times) in [(ISSUED, 1), (PLANNED, 1), (PAID, 1), (FINISHED, 1)] {
        assert_eq!(count(&events, kind), times, "{kind} {events:?}");
    }
    let of = |kind: &str| events.iter().find(|(known, _)| known == kind).unwrap().1.clone();
    assert_eq!(of(FINISHED), json!({ "period": "2026-01-11", "invoices": 1, "payouts": 1 }));
    assert_eq!(of(ISSUED)["amount"]["amount_minor"], 3 * PRICE);
    assert_eq!(of(ISSUED)["invoice"], json!(invoice_id(1, week())));
    assert_eq!(of(PLANNED)["amount"]["amount_minor"], 12_000);
    assert_eq!((earned(&stage, 2), owed(&stage, 1)), (0, -3 * PRICE));
    assert_eq!(sent(&stage, 2), Some(12_000));
}

#[test]
fn nothing_before_its_time_and_nothing_twice() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    run(&stage);
    assert_eq!(sent(&stage, 2), None, "the week is not over");
    until_run(&stage);
    for _ in 0..3 {
        run(&stage);
        stage.pass(HOUR);
    }
    assert_eq!(transferred(&stage).values().sum::<i64>(), 6_000);
    assert_eq!(view(&stage, week(), "")["totals"][0]["invoices"]["count"], 1);
}

#[test]
fn what_comes_after_the_cut_off_is_the_next_weeks() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    // Saturday night: after the cut-off, before the run.
    until_run(&stage);
    let early = stage.now().as_millis() - 2 * 3_600_000;
    assert!(early > crate::support::calendar().cut_off(week()).as_millis());
    ends(&stage, 2, End::Completed);
    run(&stage);
    assert_eq!((sent(&stage, 2), earned(&stage, 2)), (Some(6_000), 6_000));
    let next = week().next();
    until(&stage, next);
    run(&stage);
    assert_eq!(earned(&stage, 2), 0);
    assert_eq!(payout(&stage, 2, next).unwrap().amount.amount_minor, 6_000);
    assert_eq!(view(&stage, next, "")["totals"][0]["invoices"]["amount"]["amount_minor"], PRICE);
}

#[test]
fn penalties_that_exceed_earnings_carry_over() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    ends(&stage, 2, End::Failed);
    ends(&stage, 3, End::Missed);
    until_run(&stage);
    run(&stage);
    assert_eq!((sent(&stage, 2), earned(&stage, 2)), (None, -2_000));
    ends(&stage, 4, End::Completed);
    until(&stage, week().next());
    run(&stage);
    assert_eq!(payout(&stage, 2, week().next()).unwrap().amount.amount_minor, 4_000, "less what was carried");
    assert_eq!((earned(&stage, 2), stored_balance(&stage, 2, Side::Worker).carried_minor), (0, 0));
}

#[test]
fn credits_count_as_earnings_and_fines_as_penalties() {
    let stage = stage();
    assert_eq!(adjust(&stage, KEY, 2, "worker", 700).status_code, 201);
    assert_eq!(adjust(&stage, "the-key-of-the-other-1", 3, "worker", -700).status_code, 201);
    assert_eq!(adjust(&stage, "the-key-of-the-client1", 1, "client", -700).status_code, 201);
    until_run(&stage);
    run(&stage);
    assert_eq!((sent(&stage, 2), sent(&stage, 3)), (Some(700), None));
    assert_eq!(owed(&stage, 1), -700, "what is no job is on no invoice");
    assert_eq!(view(&stage, week(), "")["totals"][0]["invoices"]["count"], 0);
}

#[test]
fn many_people_are_all_dealt_with_page_by_page() {
    let stage = stage();
    let people = 1_200;
    for n in 0..people {
        let event = job(&stage, n, End::Completed, (10_000 + n, 20_000 + n), PRICE);
        assert!(stage.deliver("settle-job", &event));
    }
    until_run(&stage);
    stage.calls();
    run(&stage);
    let turned = count(&announced(&stage), "billing.page-due.v1");
    assert!(turned > 16, "some part has more than one page: {turned}");
    assert_eq!(transferred(&stage).len(), people as usize);
    assert!(transferred(&stage).values().all(|minor| *minor == 6_000));
    let totals = &view(&stage, week(), "")["totals"][0];
    for name in ["invoices", "planned", "paid"] {
        assert_eq!(totals[name]["count"], json!(people), "{name}");
    }
    assert_eq!(totals["paid"]["amount"]["amount_minor"], json!(people as i64 * 6_000));
}

#[test]
fn a_missed_run_is_made_up_by_a_manager() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    let next = week().next();
    until(&stage, next);
    assert!(stage.start("begin-run"));
    stage.settle().unwrap();
    assert_eq!(sent(&stage, 2), None, "the clock sees to the last week only");
    let start = |period| stage.ask("start-run").by(&manager()).at(period).get();
    let begun = start(week());
    assert_eq!(begun.status_code, 200, "{}", begun.body);
    stage.rest(Duration::from_secs(60)).unwrap();
    assert_eq!(sent(&stage, 2), Some(6_000));
    assert_eq!(start(week()).body, begun.body, "it was begun");
    let early = problem(&start(next.next()), 409, "run-not-due");
    assert_eq!(early["due"], "2026-01-25T00:00:00.000Z");
    only_for(Role::Manager, || stage.ask("start-run").at(week()));
    problem(&stage.ask("start-run").by(&manager()).at("2026-01-12").get(), 404, "not-found");
}

#[test]
fn a_run_that_got_stuck_goes_on_by_itself() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    until_run(&stage);
    assert!(stage.start("begin-run"));
    // Its events are lost: nobody consumes them.
    stage.interfere(|call| match call.service {
        local::outside::Service::Sns => local::faults::Fate::Instead(local::outside::Answer::new(500, "")),
        _ => local::faults::Fate::Answered,
    });
    assert!(stage.settle().is_err());
    stage.calm();
    assert_eq!(item_of_run(&stage).finished_at, None);
    run(&stage);
    assert_eq!(sent(&stage, 2), Some(6_000));
}

#[test]
fn a_page_is_pushed_once_it_has_not_moved_for_long() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    until_run(&stage);
    run(&stage);
    stage.calls();
    stage.pass(HOUR);
    run(&stage);
    assert!(announced(&stage).is_empty(), "nothing is stuck");
    // An old page, once more, and one that nobody announced.
    for step in [0, 7] {
        let due = contracts::billing::PageDue { period: week().to_string(), part: 3, step };
        assert!(stage.deliver("settle-page", &event(&stage, &due, 1, 1)));
    }
    let unknown = contracts::billing::PageDue { period: "2026-01-18".to_owned(), part: 3, step: 0 };
    assert!(!stage.deliver("settle-page", &event(&stage, &unknown, 1, 1)), "it waits for its run");
    assert_eq!(transferred(&stage).len(), 1);
}

#[test]
fn a_run_shows_its_payouts_as_they_stand() {
    let stage = stage();
    // 60 % of these: 60.13 fails at the bank, 60.17 is refused at once.
    for (n, price) in [(1, 10_000), (2, 10_022), (3, 10_028)] {
        assert!(stage.deliver("settle-job", &job(&stage, n, End::Completed, (1, 10 + n), price)));
    }
    assert_eq!((earned(&stage, 12), earned(&stage, 13)), (6_013, 6_017));
    until_run(&stage);
    run(&stage);
    let seen = view(&stage, week(), "");
    let failed: Vec<(&Value, &Value)> = seen["payouts"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payout| (&payout["amount"]["amount_minor"], &payout["reason"]))
        .collect();
    assert_eq!(failed.len(), 2, "{seen}");
    assert!(failed.contains(&(&json!(6_013), &json!("account_closed"))), "{failed:?}");
    assert!(failed.contains(&(&json!(6_017), &json!("beneficiary_unknown"))), "{failed:?}");
    let totals = &seen["totals"][0];
    assert_eq!(
        (&totals["paid"]["count"], &totals["failed"]["count"], &totals["pending"]["count"]),
        (&json!(1), &json!(2), &json!(0))
    );
    assert_eq!(view(&stage, week(), "state=paid&limit=1")["payouts"]["items"][0]["amount"]["amount_minor"], 6_000);
    let page = view(&stage, week(), "state=failed&limit=1");
    let next = page["payouts"]["next"].as_str().unwrap();
    assert_eq!(
        view(&stage, week(), &format!("state=failed&cursor={next}"))["payouts"]["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    only_for_overseers(|| stage.ask("get-run").at(week()));
    problem(&stage.ask("get-run").by(&manager()).at(week().next()).get(), 404, "not-found");
    problem(&stage.ask("get-run").by(&client()).at(week()).get(), 403, "role-missing");
    problem(&stage.ask("get-run").by(&worker()).at(week()).get(), 403, "role-missing");
}
