//! Quiet hours by the clock on the wall, at midnight and where clocks are set forward and back.

use jiff::tz::TimeZone;
use kernel::TimeOfDay;
use kernel::Timestamp;
use notifications::preferences::zone;
use notifications::quiet_hours::QuietHours;
use proptest::prelude::*;
use std::time::Duration;

fn hours(from: &str, to: &str) -> QuietHours {
    QuietHours { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

/// `now` and the end of the quiet hours then, both with the offset that the zone's clocks have.
fn check(quiet: QuietHours, zone_name: &str, now: &str, end: Option<&str>) {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let found = quiet.end(time(now), &zone(zone_name).unwrap());
    assert_eq!(found, end.map(time), "{quiet:?} in {zone_name} at {now}");
}

#[test]
fn a_night_ends_in_the_morning_by_the_persons_own_clock() {
    let usual = QuietHours::USUAL;
    for (zone, now, end) in [
        ("Europe/London", "2026-01-05T21:59:59Z", None),
        ("Europe/London", "2026-01-05T22:00:00Z", Some("2026-01-06T08:00:00Z")),
        ("Europe/London", "2026-01-05T23:59:59.999Z", Some("2026-01-06T08:00:00Z")),
        ("Europe/London", "2026-01-06T00:00:00Z", Some("2026-01-06T08:00:00Z")),
        ("Europe/London", "2026-01-06T07:59:59.999Z", Some("2026-01-06T08:00:00Z")),
        ("Europe/London", "2026-01-06T08:00:00Z", None),
        // The same moment: late in Moscow, afternoon in New York, the next morning in Auckland, half hours in Kolkata.
        ("Europe/Moscow", "2026-01-05T20:30:00Z", Some("2026-01-06T05:00:00Z")),
        ("America/New_York", "2026-01-05T20:30:00Z", None),
        ("Pacific/Auckland", "2026-01-05T20:30:00Z", None),
        ("Asia/Kolkata", "2026-01-05T20:30:00Z", Some("2026-01-06T02:30:00Z")),
        // The last night of the year.
        ("Asia/Vladivostok", "2026-12-31T13:00:00Z", Some("2026-12-31T22:00:00Z")),
    ] {
        check(usual, zone, now, end);
    }
}

#[test]
fn hours_within_a_day_and_no_hours_at_all() {
    check(hours("13:00", "15:00"), "UTC", "2026-01-05T12:59:00Z", None);
    check(hours("13:00", "15:00"), "UTC", "2026-01-05T13:00:00Z", Some("2026-01-05T15:00:00Z"));
    check(hours("13:00", "15:00"), "UTC", "2026-01-05T15:00:00Z", None);
    check(hours("00:00", "23:59"), "UTC", "2026-01-05T12:00:00Z", Some("2026-01-05T23:59:00Z"));
    check(hours("09:00", "09:00"), "UTC", "2026-01-05T09:00:00Z", None);
}

#[test]
fn where_the_clock_jumps_over_the_end_the_jump_is_the_end() {
    // London, 29 March 2026: 00:59:59 GMT is followed by 02:00:00 BST.
    check(hours("22:00", "01:30"), "Europe/London", "2026-03-29T00:30:00Z", Some("2026-03-29T01:00:00Z"));
    check(hours("22:00", "01:00"), "Europe/London", "2026-03-29T00:30:00Z", Some("2026-03-29T01:00:00Z"));
    check(hours("22:00", "02:00"), "Europe/London", "2026-03-29T00:30:00Z", Some("2026-03-29T01:00:00Z"));
    // The night is an hour shorter.
    check(QuietHours::USUAL, "Europe/London", "2026-03-28T22:00:00Z", Some("2026-03-29T07:00:00Z"));
}

#[test]
fn where_the_clock_shows_the_end_twice_each_time_is_an_end() {
    // London, 25 October 2026: 01:59:59 BST (00:59:59Z) is followed by 01:00:00 GMT (01:00:00Z).
    let quiet = hours("22:00", "01:30");
    check(quiet, "Europe/London", "2026-10-25T00:10:00Z", Some("2026-10-25T00:30:00Z"));
    check(quiet, "Europe/London", "2026-10-25T00:30:00Z", None);
    check(quiet, "Europe/London", "2026-10-25T01:10:00Z", Some("2026-10-25T01:30:00Z"));
    check(quiet, "Europe/London", "2026-10-25T01:30:00Z", None);
    // The night is an hour longer.
    check(QuietHours::USUAL, "Europe/London", "2026-10-24T21:00:00Z", Some("2026-10-25T08:00:00Z"));
}

#[test]
fn a_day_that_a_country_skipped_is_no_obstacle() {
    // Samoa went from 29 December 2011 to the 31st.
    check(QuietHours::USUAL, "Pacific/Apia", "2011-12-30T09:30:00Z", Some("2011-12-30T18:00:00Z"));
}

#[test]
fn what_is_no_time_of_day_is_refused() {
    for text in [
        "",
        "8:00",
        "08:0",
        "24:00",
        "08:60",
        "08-00",
        "+8:00",
        "08:00:00",
        "ab:cd",
        "８８:00",
        ":",
    ] {
        assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
    }
    for text in ["00:00", "23:59", "08:05"] {
        assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), text);
    }
}

#[test]
fn a_zone_that_nobody_knows_is_none() {
    for name in ["", "Mars/Olympus", "../../etc/passwd", "Europe/Лондон"] {
        assert!(zone(name).is_none(), "{name}");
    }
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/London",
    "Europe/Moscow",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Africa/Casablanca",
];

proptest! {
    #[test]
    fn an_end_lies_ahead_is_not_quiet_and_everything_before_it_is(
        zone_number in 0usize..8,
        minute in 0i64..15_000_000,
        from in 0u32..1440,
        to in 0u32..1440,
    ) {
        let zone: TimeZone = zone(ZONES[zone_number]).unwrap();
        let text = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let quiet = hours(&text(from), &text(to));
        // 2010 to 2038, to the minute.
        let now = Timestamp::from_millis((21_000_000 + minute) * 60_000);
        if let Some(end) = quiet.end(now, &zone) {
            prop_assert!(end > now);
            prop_assert!(end <= now.after(Duration::from_secs(26 * 3600)));
            prop_assert_eq!(quiet.end(end, &zone), None);
            let mut before = now;
            while before < end {
                prop_assert_eq!(quiet.end(before, &zone), Some(end));
                before = before.after(Duration::from_secs(600));
            }
            let last = Timestamp::from_millis(end.as_millis() - 60_000);
            prop_assert_eq!(quiet.end(last, &zone), Some(end));
        }
    }
}
