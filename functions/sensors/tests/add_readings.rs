//! `add-readings` and `list-readings`: what goes in comes out, exactly, and once.

use crate::support::{
    DAY, HOUR, KEY, MINUTE, NO_IDS, SECOND, all, beats, catch_up, chart, consent, empty, good, lasting, morning,
    person, range, register, rollups_agree, rows, send, stranger, with_device, writes,
};
use kernel::{Role, Timestamp};
use local::faults::Fate;
use local::testing::{caller, problem};
use serde_json::{Value, json};

#[test]
fn what_is_sent_is_read_exactly() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let body = json!({
        "from": Timestamp::from_millis(from),
        "channels": [{ "name": "power", "unit": "W" }, { "name": "heart-rate", "unit": "bpm" }],
        "rows": [[0, 220, 141], [1000, null, 142], [2500, 0, null], [500, 221, 143]],
    });
    let answer = send(&stage, device, KEY, &body);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    let taken = answer.json();
    assert_eq!(taken["readings"], 6);
    assert_eq!(taken["from"], json!(Timestamp::from_millis(from)));
    assert_eq!(taken["until"], json!(Timestamp::from_millis(from + 2500)));
    let ask = stage.ask("list-readings").by(&person()).at(device).query(&range(from, from + HOUR));
    let page = good(&ask.get());
    assert_eq!(page["channels"], json!(["heart-rate", "power"]));
    let expected = json!([
        [from, 141, 220],
        [from + 500, 143, 221],
        [from + 1000, 142, null],
        [from + 2500, null, 0],
    ]);
    assert_eq!(page["rows"], expected);
    assert_eq!(page.get("next"), None);
}

#[test]
fn a_repeated_batch_has_the_same_reply_and_is_stored_once() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let first = send(&stage, device, KEY, &beats(from, &[100, 101]));
    stage.pass(lasting(HOUR));
    let again = send(&stage, device, KEY, &beats(from, &[100, 101]));
    assert_eq!((again.status_code, &again.body), (201, &first.body));
    assert_eq!(rows(&stage, &person(), device, from, from + HOUR, 100).len(), 2);
    let other = send(&stage, device, KEY, &beats(from, &[100, 102]));
    problem(&other, 422, "idempotency-key-reused");
}

#[test]
fn of_two_readings_at_one_moment_the_one_that_came_first_counts() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    good(&send(&stage, device, "zzz-the-first-batch", &beats(from + 2 * SECOND, &[102, 103, 104])));
    stage.pass(lasting(SECOND));
    good(&send(&stage, device, "aaa-the-second-batch", &beats(from, &[10, 11, 12, 13])));
    let found = rows(&stage, &person(), device, from, from + MINUTE, 100);
    let rates: Vec<i64> = found.iter().map(|row| row[1].as_i64().unwrap()).collect();
    assert_eq!(rates, [10, 11, 102, 103, 104]);
}

#[test]
fn a_key_that_was_used_for_another_batch_changes_nothing() {
    let (stage, device) = with_device();
    let from = morning(&stage) - HOUR / 2;
    // The same key again, with an hour more before or after.
    for (n, begin) in [(0, from - HOUR), (1, from), (2, from - HOUR)] {
        let key = format!("the-key-of-two-batches-{n}");
        let from = from + n * DAY - 3 * DAY;
        let begin = begin + n * DAY - 3 * DAY;
        good(&send(&stage, device, &key, &beats(from, &[100; 600])));
        let before = all(&stage, device);
        let other = beats(begin, &vec![90; if n == 1 { 3600 } else { 4200 }]);
        problem(&send(&stage, device, &key, &other), 422, "idempotency-key-reused");
        assert_eq!(all(&stage, device), before);
    }
    catch_up(&stage);
    rollups_agree(&stage, device, "after all");
}

#[test]
fn what_a_batch_says_twice_of_a_moment_is_kept_and_what_it_repeats_is_not() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let body = json!({
        "from": Timestamp::from_millis(from),
        "channels": [{ "name": "heart-rate", "unit": "bpm" }, { "name": "power", "unit": "W" }],
        "rows": [[0, 100, null], [0, null, 200], [0, 101, 200], [0, 101, 200], [1000, 102, 201], [0, 101, 200]],
    });
    let taken = good(&send(&stage, device, KEY, &body));
    assert_eq!(taken["readings"], 6);
    let expected = [
        json!([from, 100, 200]),
        json!([from, 101, 200]),
        json!([from + SECOND, 102, 201]),
    ];
    let page_by_page = |limit| rows(&stage, &person(), device, from, from + MINUTE, limit);
    for limit in 1..4 {
        assert_eq!(page_by_page(limit), expected, "{limit} rows on a page");
    }
    // The same readings in another batch are the same readings; what is later of a moment is not believed.
    let mut again = body.clone();
    again["rows"][3] = json!([0, 150, 250]);
    good(&send(&stage, device, "another-key-than-before", &again));
    let mut after = expected.to_vec();
    after.insert(2, json!([from, 150, 250]));
    after.insert(3, json!([from, 101, 200]));
    assert_eq!(page_by_page(10), after);
}

#[test]
fn a_batch_that_stopped_in_the_middle_goes_on() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let rates: Vec<i64> = (0..1500).map(|n| 100 + n % 7).collect();
    let seen = std::sync::atomic::AtomicUsize::new(0);
    stage.interfere(move |call| {
        match writes(call) && seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2 == 1 {
            true => Fate::NeverSent,
            false => Fate::Answered,
        }
    });
    let answer = send(&stage, device, KEY, &beats(from, &rates));
    assert!(answer.status_code == 503 || answer.status_code == 201, "{}", answer.body);
    stage.calm();
    good(&send(&stage, device, KEY, &beats(from, &rates)));
    let found = rows(&stage, &person(), device, from, from + HOUR, 400);
    assert_eq!(found.len(), rates.len());
    assert!(found.iter().zip(&rates).all(|(row, rate)| row[1] == json!(rate)));
}

#[test]
fn a_clock_that_is_wrong_is_told_so() {
    let (stage, device) = with_device();
    let now = stage.now().as_millis();
    for from in [
        0,
        -1,
        1_262_303_999_999,
        now + 5 * MINUTE + 1,
        now + 400 * DAY,
        i64::MAX / 4,
    ] {
        problem(&send(&stage, device, KEY, &beats(from, &[100])), 422, "clock-wrong");
    }
    for (key, from) in [
        ("a-moment-long-ago", 1_262_304_000_000),
        ("a-moment-ahead-of-us", now + 5 * MINUTE),
    ] {
        good(&send(&stage, device, key, &beats(from, &[100])));
    }
}

#[test]
fn what_cannot_be_true_is_not_taken_and_nothing_beside_it() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    stage.calls();
    for rate in [-1, 251, 65_535, i64::MAX, i64::MIN] {
        let refused = problem(&send(&stage, device, KEY, &beats(from, &[100, rate])), 422, "value-impossible");
        assert_eq!((&refused["channel"], &refused["value"]), (&json!("heart-rate"), &json!(rate)));
    }
    let with = |field: &str, value: Value| {
        let mut body = beats(from, &[100]);
        body[field] = value;
        send(&stage, device, KEY, &body)
    };
    let channel = |name: &str, unit: &str| json!({ "name": name, "unit": unit });
    let refused = problem(&with("channels", json!([channel("heart-rate", "Hz")])), 422, "unit-wrong");
    assert_eq!(refused["units"], "bpm");
    let twice = json!([channel("heart-rate", "bpm"), channel("heart-rate", "bpm")]);
    problem(&with("channels", twice), 422, "channel-twice");
    problem(&with("channels", json!([channel("blood-sugar", "mmol")])), 400, "invalid-body");
    problem(&with("channels", json!([])), 400, "invalid-body");
    for rows in [json!([[0]]), json!([[0, 1, 2]]), json!([[]]), json!([[null, 1]])] {
        problem(&with("rows", rows), 422, "row-length-wrong");
    }
    problem(&with("rows", json!([[0, null]])), 422, "no-readings");
    problem(&with("rows", json!([[0, 100], [i64::MAX, 100]])), 422, "clock-wrong");
    problem(&with("rows", json!([[0, 100], [-26 * HOUR, 100]])), 422, "batch-too-long");
    problem(&with("rows", json!([[0, 1.5]])), 400, "invalid-body");
    problem(&with("rows", json!([])), 400, "invalid-body");
    problem(&with("more", json!(1)), 400, "invalid-body");
    assert!(!stage.calls().iter().any(writes), "nothing was written");
}

#[test]
fn a_body_of_a_megabyte_is_read_and_a_larger_one_is_not() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let rates = vec![100; 70_000];
    let body = beats(from - DAY, &rates).to_string();
    assert!((800_000..1024 * 1024).contains(&body.len()), "{}", body.len());
    let ask = || stage.ask("add-readings").by(&person()).at(device).key(KEY);
    good(&ask().send_text(Some(body.clone())));
    // The same key, and a body that differs in its last reading alone.
    let changed = body.replace("[69999000,100]", "[69999000,101]");
    assert_ne!(changed, body);
    problem(&ask().send_text(Some(changed)), 422, "idempotency-key-reused");
    problem(&ask().send_text(Some(body + &" ".repeat(400_000))), 400, "invalid-body");
}

#[test]
fn only_the_owner_sends_and_only_with_consent() {
    let (stage, device) = with_device();
    let body = beats(morning(&stage), &[100]);
    let ask = |path: &str| stage.ask("add-readings").at(path).key(KEY);
    problem(&ask(&device.to_string()).send(&body), 401, "token-invalid");
    for other in Role::ALL.map(|role| caller(9, role)).into_iter().chain([stranger()]) {
        problem(&ask(&device.to_string()).by(&other).send(&body), 404, "not-found");
    }
    for path in NO_IDS {
        problem(&ask(path).by(&person()).send(&body), 404, "not-found");
    }
    assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204);
    problem(&send(&stage, device, KEY, &body), 403, "consent-missing");
    consent(&stage, &person());
    good(&send(&stage, device, KEY, &body));
}

#[test]
fn devices_are_kept_apart() {
    let (stage, device) = with_device();
    consent(&stage, &stranger());
    let other = register(&stage, &stranger(), "the-key-of-the-device");
    assert_ne!(other, device, "the same key of another person is another device");
    let from = morning(&stage);
    good(&send(&stage, device, KEY, &beats(from, &[100])));
    assert!(rows(&stage, &stranger(), other, from, from + HOUR, 10).is_empty());
}

#[test]
fn pages_of_any_size_hold_the_same_readings() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    for (n, minute) in [3, 0, 1, 40, 2].into_iter().enumerate() {
        let rates: Vec<i64> = (0..90).map(|second| 100 + second % 50).collect();
        good(&send(&stage, device, &format!("the-batch-number-{n:03}"), &beats(from + minute * MINUTE, &rates)));
    }
    let whole = rows(&stage, &person(), device, from, from + HOUR, 20_000);
    assert_eq!(whole.len(), 4 * 60 + 30 + 90);
    for limit in [1, 7, 100] {
        assert_eq!(rows(&stage, &person(), device, from, from + HOUR, limit), whole, "{limit}");
    }
    let part = rows(&stage, &person(), device, from + 90 * SECOND, from + 100 * SECOND, 3);
    assert_eq!(part, whole[90..100]);
    assert!(rows(&stage, &person(), device, from + HOUR, from, 3).is_empty(), "a range may be none");
}

#[test]
fn readings_are_taken_along_as_a_sheet() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    good(&send(&stage, device, KEY, &beats(from, &[100, 101, 102])));
    let ask = |query: String| {
        stage.ask("list-readings").by(&person()).at(device).query(&query).header("accept", "text/csv").get()
    };
    let answer = ask(range(from, from + HOUR) + "&limit=2");
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    let [at, next] = [0, 1].map(|n| Timestamp::from_millis(from + n * SECOND));
    let columns = "time,latitude,longitude,altitude,heart-rate,cadence,distance,speed,power,temperature,\
                   vertical-oscillation,ground-contact,rr-interval,steps,other";
    assert_eq!(answer.body, format!("{columns}\r\n{at},,,,100,,,,,,,,,,\r\n{next},,,,101,,,,,,,,,,\r\n"));
    assert_eq!(answer.headers["x-next-cursor"], (from + 2 * SECOND).to_string());
    assert_eq!(empty().ask("list-readings").at(device).get().status_code, 401);
}

/// In 2286 a moment has one digit more, in 3110 an hour.
#[test]
fn in_times_to_come_there_is_nothing_to_see() {
    let (stage, device) = with_device();
    good(&send(&stage, device, KEY, &beats(morning(&stage), &[100; 60])));
    let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millis();
    for (from, until) in [
        ("2200-01-01T00:00:00Z", "2204-01-01T00:00:00Z"),
        ("2284-01-01T00:00:00Z", "2288-01-01T00:00:00Z"),
        ("3109-01-01T00:00:00Z", "3112-01-01T00:00:00Z"),
    ] {
        let (from, until) = (at(from), at(until));
        assert!(rows(&stage, &person(), device, from, until, 10).is_empty());
        assert_eq!(chart(&stage, device, from, until, 100)["points"], json!([]));
    }
    assert_eq!(rows(&stage, &person(), device, 0, at("9000-01-01T00:00:00Z"), 100).len(), 60);
}
