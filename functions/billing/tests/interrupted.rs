//! A week that is settled and paid while every single call fails once: before its effect, or after it.

use crate::support::{
    End, HOUR, announced, count, earned, ends, item_of_run, job, owed, payout, stage, stored_balance, transferred,
    until_run, view, week,
};
use billing::ledger::Side;
use billing::payout::State;
use local::faults::Fate;
use local::outside::{OutsideCall, Service};
use local::stage::Stage;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Settles three jobs, and runs the week; each step again and again until it succeeds.
fn week_of(stage: &Stage) {
    let steps = [(1, End::Completed, 2), (2, End::Failed, 3), (3, End::Completed, 2)];
    for (n, end, worker) in steps {
        let event = job(stage, n, end, (1, worker), 10_000);
        insist(|| stage.deliver("settle-job", &event));
    }
    until_run(stage);
    insist(|| stage.start("begin-run"));
    insist(|| {
        // What failed is delivered again, and what was lost is found by those who sweep.
        let settled = stage.rest(Duration::from_secs(600)).is_ok();
        let swept = stage.start("begin-run") && stage.start("poll-payouts");
        stage.pass(HOUR);
        settled && swept && item_of_run(stage).finished_at.is_some()
    });
}

fn insist(mut step: impl FnMut() -> bool) {
    let done = (0..30).any(|_| step());
    assert!(done, "it never succeeds");
}

/// Everything is as if nothing had ever failed.
fn check(stage: &Stage, events: &[(String, serde_json::Value)], what: &str) {
    assert_eq!((owed(stage, 1), earned(stage, 2), earned(stage, 3)), (-30_000, 0, -4_000), "{what}");
    assert_eq!(transferred(stage).into_values().collect::<Vec<_>>(), [12_000], "{what}");
    assert!(matches!(payout(stage, 2, week()).unwrap().state, State::Paid { .. }), "{what}");
    assert_eq!(payout(stage, 3, week()), None, "{what}");
    let totals = &view(stage, week(), "")["totals"][0];
    assert_eq!((&totals["invoices"]["count"], &totals["paid"]["count"]), (&json!(1), &json!(1)), "{what} {totals}");
    assert_eq!(stored_balance(stage, 2, Side::Worker).carried_minor, 0, "{what}");
    for (kind, times) in [
        ("billing.job-settled.v1", 3),
        ("billing.invoice-issued.v1", 1),
        ("billing.payout-planned.v1", 1),
        ("billing.payout-paid.v1", 1),
        ("billing.run-finished.v1", 1),
    ] {
        let mut distinct: Vec<String> =
            events.iter().filter(|(known, _)| known == kind).map(|(_, data)| data.to_string()).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), times, "{what} {kind} {}", count(events, kind));
    }
}

fn counted(call: &OutsideCall) -> bool {
    matches!(call.service, Service::DynamoDb | Service::Partner | Service::Sns | Service::Secrets)
}

#[test]
fn no_call_that_fails_loses_or_doubles_anything() {
    let quiet = stage();
    let calls = {
        let seen = Arc::new(AtomicUsize::new(0));
        let all = seen.clone();
        quiet.interfere(move |call| {
            all.fetch_add(usize::from(counted(call)), Ordering::SeqCst);
            Fate::Answered
        });
        week_of(&quiet);
        seen.load(Ordering::SeqCst)
    };
    quiet.calm();
    assert!(calls > 40, "{calls}");
    check(&quiet, &announced(&quiet), "nothing failed");
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for number in 0..calls {
            // A call is repeated where it is made, so it is lost three times in a row.
            let stage = stage();
            let seen = AtomicUsize::new(0);
            let fate_of = fate.clone();
            stage.interfere(move |call| {
                let at = if counted(call) { seen.fetch_add(1, Ordering::SeqCst) } else { usize::MAX };
                if (number..number + 3).contains(&at) { fate_of.clone() } else { Fate::Answered }
            });
            week_of(&stage);
            stage.calm();
            check(&stage, &announced(&stage), &format!("{fate:?} at {number}"));
        }
    }
}

#[test]
fn a_job_that_ends_while_the_run_is_under_way_is_in_one_week_or_the_other() {
    // At each write of the run another job of the same people is settled.
    for at in 0..12 {
        let stage = Arc::new(stage());
        ends(&stage, 1, End::Completed);
        until_run(&stage);
        let (other, seen) = (Arc::downgrade(&stage), AtomicUsize::new(0));
        stage.interfere(move |call| {
            let is_runs = ["settle-page", "begin-run"].contains(&call.function) && crate::support::writes(call);
            if is_runs && seen.fetch_add(1, Ordering::SeqCst) == at {
                ends(&other.upgrade().unwrap(), 2, End::Completed);
            }
            Fate::Answered
        });
        assert!(stage.start("begin-run"));
        stage.rest(Duration::from_secs(60)).unwrap();
        stage.calm();
        let late = crate::support::txn(&stage, "job/job_00000000000000000000000002").is_some();
        assert_eq!(transferred(&stage).into_values().sum::<i64>(), 6_000, "{at}");
        assert_eq!(earned(&stage, 2), if late { 6_000 } else { 0 }, "{at}");
        let balance = stored_balance(&stage, 2, Side::Worker);
        assert_eq!(balance.carried_minor, 0);
        crate::support::until(&stage, week().next());
        crate::support::run(&stage);
        assert_eq!(transferred(&stage).into_values().sum::<i64>(), if late { 12_000 } else { 6_000 }, "{at}");
    }
}
