//! What is behind: on which marks batches rely, and what is struck off.

use crate::support::{DAY, HOUR, MINUTE};
use kernel::Timestamp;
use sensors::backlog::{Backlog, ERASING, Full, Mark, REACH, SOON};
use sensors::device::LAST_BATCH;
use sensors::rollup::Tier;
use std::collections::BTreeSet;
use std::time::Duration;

/// The first hour of ten days, counted from 1970.
const FIRST: i64 = 2_000 * 240;

fn moment(millis_after: i64) -> Timestamp {
    Timestamp::from_millis(FIRST * HOUR + millis_after)
}

fn hours<const N: usize>(after: [i64; N]) -> BTreeSet<i64> {
    after.map(|hour| FIRST + hour).into()
}

fn marked(after: i64, now: Timestamp) -> Backlog {
    Backlog::default().mark(&hours([after]), now).unwrap().unwrap()
}

#[test]
fn a_batch_relies_on_a_mark_that_is_not_due_for_two_minutes() {
    let backlog = marked(0, moment(15 * MINUTE));
    assert_eq!(backlog.due, Some(moment(HOUR + 10 * MINUTE)));
    assert_eq!(backlog.mark(&hours([0, 1]), moment(HOUR + 7 * MINUTE)), Ok(None));
    let late = backlog.mark(&hours([0]), moment(HOUR + 8 * MINUTE)).unwrap().unwrap();
    assert_eq!(late.open.len(), 2, "somebody may have the first one by now");
    assert_eq!(late.due, backlog.due, "and it is looked at when it was to be");
}

#[test]
fn a_mark_reaches_eleven_hours_further_and_not_into_other_days() {
    let now = moment(0);
    let backlog = marked(0, now);
    assert_eq!(backlog.mark(&hours([REACH - 1]), now), Ok(None));
    assert!(backlog.mark(&hours([REACH]), now).unwrap().is_some());
    let last = marked(10 * 24 - 2, now);
    assert_eq!(last.open[0].reach(), FIRST + 238..FIRST + 240);
    assert_eq!(Tier::Days.span(), 10 * DAY);
}

#[test]
fn nobody_relies_on_marks_of_who_erases_readings() {
    let now = moment(0);
    let (held, marks) = Backlog::default().hold(&hours([0, 1]), now).unwrap();
    let batch = held.mark(&hours([0]), now).unwrap().unwrap();
    assert_eq!(batch.open.iter().filter(|mark| !mark.erased).count(), 1);
    assert_eq!(batch.without(&marks, &hours([])).open, marked(0, now).open);
}

#[test]
fn each_who_erases_strikes_off_what_is_its_own() {
    let (held, one) = Backlog::default().hold(&hours([0]), moment(0)).unwrap();
    let (held, other) = held.hold(&hours([0]), moment(0)).unwrap();
    assert_eq!(one, other, "they say the same");
    let left = held.without(&one, &hours([]));
    assert_eq!(left.open, other);
    assert_eq!(left.without(&other, &hours([])), Backlog::default());
}

#[test]
fn what_is_under_way_is_marked_by_the_write_that_strikes_off() {
    let backlog = marked(0, moment(0));
    let due: Vec<Mark> = backlog.due(moment(HOUR + 10 * MINUTE)).collect();
    assert_eq!(due.len(), 1);
    let left = backlog.without(&due, &hours([1]));
    let next = Mark {
        hour: FIRST + 1,
        due: moment(2 * HOUR + 10 * MINUTE),
        erased: false,
    };
    assert_eq!((left.open, left.due), (vec![next], Some(next.due)));
}

#[test]
fn more_than_a_thousand_hours_do_not_wait() {
    let mut backlog = Backlog::default();
    for _ in 0..15 {
        (backlog, _) = backlog.hold(&(FIRST..FIRST + 64).collect(), moment(0)).unwrap();
    }
    assert_eq!(backlog.hold(&(FIRST..FIRST + 64).collect(), moment(0)), Err(Full));
    assert_eq!(backlog.mark(&(FIRST..FIRST + 41).collect(), moment(0)).map(|_| ()), Ok(()));
}

#[test]
fn every_function_has_ended_before_somebody_counts_on_it() {
    let timeout = |name: &str| {
        let functions = sensors::context().functions;
        functions.iter().find(|function| function.name == name).map(|function| function.timeout).unwrap()
    };
    let clocks_differ = Duration::from_secs(30);
    for name in ["add-readings", "add-chunk"] {
        assert!(timeout(name) + clocks_differ < SOON, "{name} relies on marks");
        assert!(timeout(name) + clocks_differ < LAST_BATCH, "{name}");
    }
    for name in ["ingest-activity-file", "record-activity"] {
        assert!(timeout(name) + clocks_differ < LAST_BATCH, "{name}");
    }
    for name in ["delete-readings", "delete-activity", "close-hours"] {
        assert!(timeout(name) + clocks_differ < ERASING, "{name} erases");
    }
}
