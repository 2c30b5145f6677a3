//! `close-hours`: rollups say what readings say, whoever closes, how often, and whatever comes meanwhile.

use crate::support::{
    DAY, HOUR, KEY, MINUTE, SECOND, all, beats, behind, chart, chunk, close_while, counted, cut_off, good, lasting,
    morning, person, register, rollups_agree, send, send_chunk, stored_rows, with_device, writes,
};
use chunk_codec::Kind;
use kernel::{DeviceId, Timestamp};
use local::stage::Stage;
use local::testing::{item, problem};
use sensors::backlog::Backlog;
use sensors::rollup::{Row, Tier};
use sensors::store::{Rollup, rollup_key};
use serde_json::json;

#[test]
fn an_hour_is_closed_ten_minutes_after_it_is_over() {
    let (stage, device) = with_device();
    let from = stage.now().as_millis();
    good(&send(&stage, device, KEY, &beats(from, &[100, 103, 101])));
    for (wait, closed) in [(0, false), (HOUR + 9 * MINUTE, false), (MINUTE, true)] {
        stage.pass(lasting(wait));
        assert!(stage.start("close-hours"));
        let rows = stored_rows(&stage, device, Tier::Minutes);
        assert_eq!(rows.contains_key(&from), closed, "after {wait} more");
    }
    let expected = Row {
        count: 3,
        min: 100,
        max: 103,
        sum: 304,
        squares: 30_810,
        last: 101,
    };
    for tier in [Tier::Minutes, Tier::Hours, Tier::Days] {
        let rows = stored_rows(&stage, device, tier);
        let begin = from.div_euclid(tier.stretch()) * tier.stretch();
        assert_eq!(rows.get(&begin).and_then(|kinds| kinds.get(&Kind::HEART_RATE)), Some(&expected));
        assert_eq!(rows.len(), 1);
    }
    let days: Rollup = item(&stage, "sensors", &rollup_key(device, Tier::Days, Tier::Days.block(from))).unwrap();
    assert_eq!(days.backlog, Backlog::default());
    stage.calls();
    assert!(stage.start("close-hours"));
    assert!(!stage.calls().iter().any(writes), "nothing is left to do");
}

#[test]
fn a_chart_says_from_when_on_it_is_behind() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    good(&send(&stage, device, KEY, &beats(from, &[100; 60])));
    let behind = chart(&stage, device, from - DAY, from + HOUR, 100);
    assert_eq!((counted(&behind), &behind["behind_from"]), (0, &json!(Timestamp::from_millis(from))));
    stage.pass(lasting(10 * MINUTE));
    assert!(stage.start("close-hours"));
    let whole = chart(&stage, device, from - DAY, from + HOUR, 100);
    assert_eq!((counted(&whole), whole.get("behind_from")), (60, None));
    good(&send(&stage, device, "a-batch-that-is-late", &beats(from + MINUTE, &[90; 30])));
    assert!(chart(&stage, device, from - DAY, from + HOUR, 100).get("behind_from").is_some());
    stage.pass(lasting(10 * MINUTE));
    assert!(stage.start("close-hours"));
    assert_eq!(counted(&chart(&stage, device, from - DAY, from + HOUR, 100)), 90);
}

/// A closing at whose call of this number, from 0, a batch comes and then `meanwhile` happens; and one more after it.
fn close_with_a_batch(nth: usize, meanwhile: impl Fn(&Stage) + Send + Sync + 'static) -> (Stage, DeviceId, usize) {
    let (stage, device, _) = close_while(nth, move |stage, device, from| {
        good(&send(stage, device, "a-batch-meanwhile", &beats(from + 30 * SECOND, &[90; 60])));
        meanwhile(stage);
    });
    stage.pass(lasting(11 * MINUTE));
    assert!(stage.start("close-hours"));
    rollups_agree(&stage, device, &format!("at call {nth}"));
    let sent = all(&stage, device).len();
    (stage, device, sent)
}

#[test]
fn what_comes_while_an_hour_is_closed_is_not_lost() {
    // A batch comes at each of the closing's calls in turn.
    for nth in 0..18 {
        let (_, _, sent) = close_with_a_batch(nth, |_| ());
        assert!(sent == 90 || nth > 8, "a closing takes as many calls at least, not {nth}");
    }
}

#[test]
fn two_that_close_at_once_agree() {
    for nth in 0..18 {
        let (stage, device, _) = close_with_a_batch(nth, |stage| {
            stage.pass(lasting(11 * MINUTE));
            assert!(stage.start("close-hours"));
        });
        assert_eq!(behind(&stage, device), None, "at call {nth}");
    }
}

#[test]
fn what_is_summed_up_in_the_same_items_meanwhile_is_not_lost() {
    // Another hour of the same minutes, of the same day, of the same ten days.
    for away in [-HOUR, 3 * HOUR - DAY, DAY] {
        for nth in 0..18 {
            let (stage, device, from) = close_while(nth, move |stage, device, from| {
                let body = beats(from - 2 * DAY + away, &[90; 2000]);
                good(&send(stage, device, "a-batch-meanwhile", &body));
            });
            let what = format!("{away} ms away, at call {nth}");
            rollups_agree(&stage, device, &what);
            assert_eq!(behind(&stage, device), None, "{what}");
            assert!(from % (2 * HOUR) == 0, "a minutes' item begins there");
        }
    }
}

#[test]
fn a_long_batch_that_was_cut_off_is_summed_up_when_it_is_sent_again() {
    for nth in 0..20 {
        let (stage, device) = with_device();
        let body = beats(morning(&stage) - HOUR / 2, &[100; 3000]);
        cut_off(&stage, "add-readings", nth);
        send(&stage, device, KEY, &body);
        stage.calm();
        good(&send(&stage, device, KEY, &body));
        rollups_agree(&stage, device, &format!("cut off at call {nth}"));
    }
}

#[test]
fn a_closing_that_was_cut_off_is_taken_over() {
    for nth in 0..18 {
        let (stage, device) = with_device();
        let from = morning(&stage);
        good(&send(&stage, device, KEY, &beats(from, &[100; 60])));
        stage.pass(lasting(10 * MINUTE));
        cut_off(&stage, "close-hours", nth);
        stage.start("close-hours");
        stage.calm();
        assert!(stage.start("close-hours"));
        assert_eq!(all(&stage, device).len(), 60);
        rollups_agree(&stage, device, &format!("at call {nth}"));
        assert_eq!(behind(&stage, device), None);
    }
}

#[test]
fn a_session_of_some_hours_is_noted_once_and_closed_hour_by_hour() {
    let (stage, device) = with_device();
    let marks = || {
        let costs = stage.costs();
        let noted = costs.iter().filter(|cost| cost.function == "add-readings").flat_map(|cost| &cost.items);
        noted.filter(|item| item.sort.starts_with("rollup#d")).count()
    };
    let begin = stage.now().as_millis();
    assert_eq!(begin % HOUR, 0);
    for from in (begin..begin + 2 * HOUR).step_by(300_000) {
        stage.pass(lasting(5 * MINUTE));
        assert!(stage.start("close-hours"));
        good(&send(&stage, device, &format!("the-batch-from-{from}"), &beats(from, &[100; 300])));
    }
    assert_eq!(marks(), 1, "24 batches in two hours");
    stage.pass(lasting(9 * MINUTE));
    assert!(stage.start("close-hours"));
    let counts = || -> Vec<i64> {
        let rows = stored_rows(&stage, device, Tier::Hours);
        rows.values().map(|kinds| kinds[&Kind::HEART_RATE].count).collect()
    };
    assert_eq!(counts(), [3600], "the second hour is not over for ten minutes");
    assert_eq!(behind(&stage, device), Some(begin + HOUR));
    stage.pass(lasting(MINUTE));
    assert!(stage.start("close-hours"));
    assert_eq!(counts(), [3600, 3600]);
    assert_eq!(behind(&stage, device), None);
    // What comes late, in any order, is noted for its hours and those that follow.
    stage.costs();
    for hour in [-7, -30, -3, -5, -31] {
        good(&send(
            &stage,
            device,
            &format!("the-batch-of-hour-{hour:03}"),
            &beats(begin + hour * HOUR, &[90; 60]),
        ));
    }
    assert_eq!(marks(), 3, "-7 stands for -5 and -3, too; -30 and -31 for themselves");
    stage.pass(lasting(10 * MINUTE));
    assert!(stage.start("close-hours"));
    let year = chart(&stage, device, begin - 90 * DAY, begin + DAY, 2000);
    assert_eq!((counted(&year), year.get("behind_from")), (7200 + 5 * 60, None));
}

#[test]
fn a_day_that_is_shown_is_behind_if_any_hour_of_it_is() {
    let (stage, device) = with_device();
    let day = morning(&stage).div_euclid(DAY) * DAY - 3 * DAY;
    good(&send(&stage, device, KEY, &beats(day + 2 * HOUR, &[100; 60])));
    let from_evening_on = chart(&stage, device, day + 20 * HOUR, day + 100 * DAY, 2000);
    assert_eq!(from_evening_on["behind_from"], json!(Timestamp::from_millis(day + 2 * HOUR)));
    let to_first_hour = chart(&stage, device, day - 100 * DAY, day + HOUR, 2000);
    assert_eq!(to_first_hour["behind_from"], json!(Timestamp::from_millis(day + 2 * HOUR)));
    let from_next_day_on = chart(&stage, device, day + DAY, day + 100 * DAY, 2000);
    assert_eq!(from_next_day_on.get("behind_from"), None);
}

#[test]
fn more_hours_than_are_closed_at_a_time_are_closed_one_run_after_the_other() {
    let (stage, device) = with_device();
    let begin = Tier::Days.block(stage.now().as_millis() - 30 * DAY);
    // The latest first: no mark stands for the next one.
    for hour in (0..150).rev() {
        let key = format!("the-batch-of-the-hour-{hour:03}");
        good(&send(&stage, device, &key, &beats(begin + hour * HOUR, &[100; 2])));
    }
    stage.pass(lasting(10 * MINUTE));
    let runs = (1..).find(|_| {
        assert!(stage.start("close-hours"));
        behind(&stage, device).is_none()
    });
    assert!(matches!(runs, Some(2..5)), "{runs:?} runs");
    rollups_agree(&stage, device, "after all runs");
}

#[test]
fn a_long_batch_is_summed_up_at_once() {
    let (stage, device) = with_device();
    let from = morning(&stage) - DAY;
    let rates: Vec<i64> = (0..7200).map(|n| 100 + n % 60).collect();
    good(&send(&stage, device, KEY, &beats(from, &rates)));
    assert_eq!(behind(&stage, device), None);
    let chart = chart(&stage, device, from, from + 3 * HOUR, 2000);
    assert_eq!((counted(&chart), &chart["stretch_s"]), (7200, &json!(60)));
    assert_eq!(chart["points"].as_array().unwrap().len(), 120);
    assert_eq!(chart["points"][0]["sum"], 60 * 100 + 59 * 30);
}

#[test]
fn a_chart_of_a_year_takes_few_points_and_few_units() {
    let (stage, device) = with_device();
    let last = stage.now().as_millis().div_euclid(DAY) * DAY - DAY;
    for day in 0..365 {
        // An hour a day, a reading a minute of each of eight channels.
        let names = [
            "altitude",
            "heart-rate",
            "cadence",
            "distance",
            "speed",
            "power",
            "temperature",
        ];
        let units = ["0.2m+500m", "bpm", "rpm", "cm", "mm/s", "W", "C"];
        let channels = names.iter().zip(units).map(|(name, unit)| json!({ "name": name, "unit": unit }));
        let row = |minute: i64| {
            let value = |n: i64| 20 + (day * 7 + minute * n * 13) % 60;
            json!([
                minute * MINUTE,
                value(1),
                value(2),
                value(3),
                value(4),
                value(5),
                value(6),
                value(7)
            ])
        };
        let body = json!({
            "from": Timestamp::from_millis(last - day * DAY),
            "channels": channels.collect::<Vec<_>>(),
            "rows": (0..60).map(row).collect::<Vec<_>>(),
        });
        good(&send(&stage, device, &format!("the-batch-of-day-{day:05}"), &body));
    }
    stage.costs();
    let year = chart(&stage, device, last - 364 * DAY, last + DAY, 2000);
    let read: f64 = stage.costs().iter().map(|cost| cost.reads).sum();
    assert_eq!((counted(&year), year["points"].as_array().unwrap().len()), (365 * 60, 365));
    assert!(read <= 20.0, "{read} units");
    let week = chart(&stage, device, last - 7 * DAY, last + DAY, 2000);
    let read: f64 = stage.costs().iter().map(|cost| cost.reads).sum();
    assert_eq!((counted(&week), &week["stretch_s"]), (8 * 60, &json!(3600)));
    assert!(read <= 20.0, "{read} units");
}

#[test]
fn an_hour_with_more_readings_than_anybody_measures_is_not_summed_up_and_keeps_nobody_waiting() {
    let (stage, device) = with_device();
    let other = register(&stage, &person(), "the-key-of-another-device");
    let from = morning(&stage);
    // A thousand readings a second.
    let moments = 340_000;
    for n in 0..8 {
        let chunk = chunk(from + n * moments, 1, usize::try_from(moments).unwrap());
        let bytes = chunk_codec::encode(&chunk);
        good(&send_chunk(&stage, &person(), device, &format!("the-chunk-number-{n}"), &bytes));
    }
    good(&send(&stage, other, KEY, &beats(from, &[100; 60])));
    stage.pass(lasting(10 * MINUTE));
    assert!(stage.start("close-hours"));
    assert_eq!(stored_rows(&stage, other, Tier::Hours).len(), 1);
    assert_eq!(stored_rows(&stage, device, Tier::Hours).len(), 0);
    assert_eq!(behind(&stage, device), None);
    // Nor is it drawn reading by reading, or made an activity.
    let drawn = chart(&stage, device, from, from + HOUR, 100);
    assert_eq!((&drawn["points"], &drawn["stretch_s"]), (&json!([]), &json!(60)));
    let hour = json!({
        "device": device, "from": Timestamp::from_millis(from), "until": Timestamp::from_millis(from + HOUR),
        "sport": "cycling",
    });
    problem(&stage.ask("record-activity").by(&person()).key(KEY).send(&hour), 422, "too-many-readings");
}
