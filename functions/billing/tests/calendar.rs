//! The weeks of the business.

use billing::calendar::{Calendar, Period};
use kernel::Timestamp;
use platform::Figure;
use proptest::prelude::*;

/// Some of the stranger ones among them.
const ZONES: [&str; 6] = [
    "Europe/Moscow",
    "Europe/Berlin",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
];

fn calendar(zone: &str) -> Calendar {
    Calendar::read(zone).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_week_is_cut_off_as_its_sunday_begins() {
    let moscow = calendar("Europe/Moscow");
    for (moment, week) in [
        ("2026-01-05T08:00:00.000Z", "2026-01-11"),
        ("2026-01-10T20:59:59.999Z", "2026-01-11"),
        ("2026-01-10T21:00:00.000Z", "2026-01-18"),
        ("2026-01-11T12:00:00.000Z", "2026-01-18"),
    ] {
        assert_eq!(moscow.period_of(at(moment)).to_string(), week, "{moment}");
    }
    let week: Period = "2026-01-11".parse().unwrap();
    assert_eq!(moscow.cut_off(week), at("2026-01-10T21:00:00.000Z"));
    assert_eq!(moscow.run_of(week), at("2026-01-11T00:00:00.000Z"));
    assert_eq!(week.next().to_string(), "2026-01-18");
}

#[test]
fn a_run_is_due_from_three_on_and_until_the_next() {
    let moscow = calendar("Europe/Moscow");
    for (moment, week) in [
        ("2026-01-10T23:59:59.999Z", "2026-01-04"),
        ("2026-01-11T00:00:00.000Z", "2026-01-11"),
        ("2026-01-17T23:59:59.999Z", "2026-01-11"),
        ("2026-01-18T00:00:00.000Z", "2026-01-18"),
    ] {
        assert_eq!(moscow.due_at(at(moment)).to_string(), week, "{moment}");
    }
}

#[test]
fn the_wall_clock_decides_when_clocks_change() {
    // The clocks of Berlin go from two to three on 29 March, and from three to two on 25 October.
    let berlin = calendar("Europe/Berlin");
    for (week, cut_off, run) in [
        ("2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T01:00:00.000Z"),
        ("2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T02:00:00.000Z"),
    ] {
        let week: Period = week.parse().unwrap();
        assert_eq!((berlin.cut_off(week), berlin.run_of(week)), (at(cut_off), at(run)), "{week}");
    }
    // Lord Howe skips half an hour at two; Santiago skips midnight itself.
    let santiago = calendar("America/Santiago");
    let week: Period = "2026-09-06".parse().unwrap();
    assert_eq!(santiago.cut_off(week), at("2026-09-06T04:00:00.000Z"), "the moment after the jump");
}

#[test]
fn a_week_is_named_by_a_sunday() {
    for wrong in ["2026-01-10", "2026-1-11", "", "2026-01-32", "20260111", "2026-01-11T00"] {
        assert!(wrong.parse::<Period>().is_err(), "{wrong}");
    }
    assert!(Calendar::read("Middle/Earth").is_err());
}

proptest! {
    #[test]
    fn every_moment_belongs_to_the_week_between_two_cut_offs(
        seconds in 0i64..4_000_000_000,
        zone in prop::sample::select(ZONES.to_vec()),
    ) {
        let (calendar, moment) = (calendar(zone), Timestamp::from_millis(seconds * 1000));
        let week = calendar.period_of(moment);
        prop_assert!(moment < calendar.cut_off(week));
        prop_assert!(calendar.cut_off(week) < calendar.run_of(week));
        prop_assert!(calendar.period_of(calendar.cut_off(week)) == week.next());
        let due = calendar.due_at(moment);
        prop_assert!(calendar.run_of(due) <= moment && moment < calendar.run_of(due.next()));
    }
}
