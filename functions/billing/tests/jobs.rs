//! `settle-job`.

use crate::support::{
    End, PRICE, announced, count, earned, ends, invoice_id, job, owed, pays, roubles, run, stage, txn, until_run, week,
    writes,
};
use local::faults::Fate;
use local::testing::reports_only_what_it_cannot_read;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const SETTLED: &str = "billing.job-settled.v1";

#[test]
fn each_ending_costs_its_client_and_brings_its_worker_what_the_tariff_says() {
    for (end, accrual, fine) in [
        (End::Completed, 6_000, 0),
        (End::Cancelled, 0, 0),
        (End::Failed, 0, 4_000),
        (End::Missed, 0, 4_000),
    ] {
        let stage = stage();
        ends(&stage, 7, end);
        assert_eq!((owed(&stage, 1), earned(&stage, 2)), (-PRICE, accrual - fine), "{end:?}");
        let events = announced(&stage);
        let [(kind, data)] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(kind, SETTLED);
        let amounts = ["charge", "accrual", "fine"].map(|name| data[name]["amount_minor"].as_i64().unwrap());
        assert_eq!(amounts, [PRICE, accrual, fine], "{end:?}");
    }
}

#[test]
fn a_job_is_settled_once_whatever_is_told_of_it() {
    let stage = stage();
    ends(&stage, 7, End::Completed);
    ends(&stage, 7, End::Completed);
    ends(&stage, 7, End::Failed);
    assert_eq!((owed(&stage, 1), earned(&stage, 2)), (-PRICE, 6_000));
    assert_eq!(count(&announced(&stage), SETTLED), 1);
}

#[test]
fn two_at_once_settle_it_once() {
    let stage = Arc::new(stage());
    let event = job(&stage, 7, End::Completed, (1, 2), PRICE);
    // At the moment of the write another delivery does it all.
    let (other, twice, is_second) = (Arc::downgrade(&stage), event.clone(), AtomicBool::new(false));
    stage.interfere(move |call| {
        if writes(call) && !is_second.swap(true, Ordering::SeqCst) {
            assert!(other.upgrade().unwrap().deliver("settle-job", &twice));
        }
        Fate::Answered
    });
    assert!(stage.deliver("settle-job", &event));
    stage.calm();
    assert_eq!((owed(&stage, 1), earned(&stage, 2)), (-PRICE, 6_000));
    assert_eq!(count(&announced(&stage), SETTLED), 1);
}

#[test]
fn the_discount_is_by_what_the_client_has_paid() {
    let stage = stage();
    assert!(stage.deliver("settle-job", &job(&stage, 1, End::Completed, (1, 2), 1_000_001)));
    ends(&stage, 2, End::Completed);
    assert_eq!(owed(&stage, 1), -1_010_001, "owing is not paying");
    until_run(&stage);
    run(&stage);
    assert!(pays(&stage, 1, invoice_id(1, week()), 1, 1_010_001));
    assert_eq!(owed(&stage, 1), 0);
    ends(&stage, 3, End::Completed);
    assert_eq!(owed(&stage, 1), -9_500, "5 % of 100.00");
    assert_eq!(txn(&stage, "job/job_00000000000000000000000003").unwrap().entry.legs().len(), 3);
}

#[test]
fn a_price_of_nothing_is_settled_too_and_one_below_it_is_not() {
    let stage = stage();
    assert!(stage.deliver("settle-job", &job(&stage, 1, End::Completed, (1, 2), 0)));
    assert_eq!(count(&announced(&stage), SETTLED), 1);
    assert!(!stage.deliver("settle-job", &job(&stage, 2, End::Completed, (1, 2), -1)));
    assert_eq!((owed(&stage, 1), earned(&stage, 2)), (0, 0));
}

#[test]
fn somebody_may_be_client_and_worker() {
    let stage = stage();
    assert!(stage.deliver("settle-job", &job(&stage, 1, End::Completed, (5, 5), PRICE)));
    assert_eq!((owed(&stage, 5), earned(&stage, 5)), (-PRICE, 6_000));
}

#[test]
fn rates_are_settings() {
    let stage = stage();
    stage.set("WORKER_SHARES", "50,10");
    ends(&stage, 1, End::Completed);
    ends(&stage, 2, End::Missed);
    assert_eq!(earned(&stage, 2), 5_000 - 1_000);
}

#[test]
fn what_cannot_be_read_is_reported_by_itself() {
    let stage = stage();
    stage.lets_them_tell();
    let event = job(&stage, 1, End::Completed, (1, 2), PRICE);
    reports_only_what_it_cannot_read(&stage, "settle-job", &event);
    let mut dear = job(&stage, 2, End::Completed, (1, 2), PRICE);
    dear["data"]["price"] = json!(roubles(i64::MAX));
    assert!(stage.deliver("settle-job", &dear), "the largest amount there is");
}
