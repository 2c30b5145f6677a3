//! Erasing: what was deleted is gone from readings and rollups, whatever goes on at the same time, and however much it
//! is.

use crate::support::{
    DAY, HOUR, KEY, MINUTE, SECOND, all, at_call, beats, before_write_of, behind, catch_up, chart, close_while,
    counted, cut_off, good, lasting, morning, person, range, rollups_agree, send, stranger, with_device, writes,
};
use kernel::{DeviceId, Principal};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use serde_json::json;
use std::sync::Arc;

fn delete(stage: &Stage, device: DeviceId, from: i64, until: i64) -> HttpResponse {
    stage.ask("delete-readings").by(&person()).at(device).query(&range(from, until)).get()
}

#[test]
fn readings_that_are_deleted_are_gone_everywhere_and_do_not_come_back() {
    let (stage, device) = with_device();
    let from = morning(&stage) - DAY;
    let body = beats(from, &vec![100; 7200]);
    good(&send(&stage, device, KEY, &body));
    let delete = |who: &Principal, from: i64, until: i64| {
        stage.ask("delete-readings").by(who).at(device).query(&range(from, until)).get()
    };
    problem(&delete(&stranger(), from, from + HOUR), 404, "not-found");
    for _ in 0..2 {
        assert_eq!(good(&delete(&person(), from + 600 * SECOND, from + HOUR)), json!({}));
    }
    assert_eq!(good(&delete(&person(), from, from)), json!({}), "a range may be none");
    let left = all(&stage, device);
    assert_eq!(left.len(), 600 + 3600);
    let drawn = chart(&stage, device, from, from + DAY, 2000);
    assert_eq!(counted(&drawn), 4200);
    good(&send(&stage, device, KEY, &body));
    assert_eq!(all(&stage, device), left, "the same batch again brings nothing back");
    good(&delete(&person(), from - DAY, from + 2 * DAY));
    assert!(all(&stage, device).is_empty());
    let drawn = chart(&stage, device, from, from + DAY, 2000);
    assert_eq!(drawn["points"], json!([]));
    // Who means to send it again may.
    good(&send(&stage, device, "another-key-than-before", &body));
    assert_eq!(all(&stage, device).len(), 7200);
}

#[test]
fn a_deletion_that_was_cut_off_anywhere_is_made_good_by_the_sweeper() {
    for nth in 0..14 {
        let (stage, device) = with_device();
        let from = morning(&stage) - DAY;
        good(&send(&stage, device, KEY, &beats(from, &vec![100; 2000])));
        cut_off(&stage, "delete-readings", nth);
        let ask = stage.ask("delete-readings").by(&person()).at(device).query(&range(from, from + HOUR));
        ask.get();
        stage.calm();
        stage.pass(lasting(HOUR));
        assert!(stage.start("close-hours"));
        let drawn = chart(&stage, device, from, from + DAY, 2000);
        assert_eq!(counted(&drawn), i64::try_from(all(&stage, device).len()).unwrap(), "at call {nth}");
    }
}

/// Half an hour of readings up to this moment, in an hour that is not over; summed up. Their deletion was cut off.
fn cut_off_under_way(nth: usize) -> (Stage, DeviceId, i64) {
    let (stage, device) = with_device();
    stage.pass(lasting(40 * MINUTE));
    let from = stage.now().as_millis() - 40 * MINUTE;
    good(&send(&stage, device, KEY, &beats(from, &[100; 2000])));
    cut_off(&stage, "delete-readings", nth);
    delete(&stage, device, from, from + HOUR);
    stage.calm();
    (stage, device, from)
}

#[test]
fn a_deletion_that_was_cut_off_is_over_when_it_was_sent_again() {
    for nth in 0..16 {
        let (stage, device, from) = cut_off_under_way(nth);
        assert_eq!(good(&delete(&stage, device, from, from + HOUR)), json!({}));
        assert!(all(&stage, device).is_empty());
        rollups_agree(&stage, device, &format!("cut off at call {nth}"));
        catch_up(&stage);
        assert_eq!(behind(&stage, device), None, "cut off at call {nth}");
    }
}

#[test]
fn what_was_erased_of_an_hour_under_way_is_closed_before_it_is_over() {
    for nth in 0..16 {
        let (stage, device, from) = cut_off_under_way(nth);
        stage.pass(lasting(17 * MINUTE));
        assert!(stage.now().as_millis() < from + HOUR, "it is under way still");
        assert!(stage.start("close-hours"));
        rollups_agree(&stage, device, &format!("cut off at call {nth}"));
    }
}

#[test]
fn whatever_comes_while_readings_are_deleted_is_there_and_summed_up() {
    // A batch, a long one that is summed up at once, and another deletion; each of other moments of the same hours.
    let meanwhile: [fn(&Stage, DeviceId, i64); 3] = [
        |stage, device, from| {
            good(&send(stage, device, "a-batch-meanwhile", &beats(from + 10 * MINUTE, &[90; 60])));
        },
        |stage, device, from| {
            good(&send(stage, device, "a-batch-meanwhile", &beats(from + 10 * MINUTE, &[90; 2400])));
        },
        |stage, device, from| {
            // Two that erase from one item: one of them is told to come back.
            delete(stage, device, from + 30 * MINUTE, from + 40 * MINUTE);
        },
    ];
    for (n, happens) in meanwhile.into_iter().enumerate() {
        for nth in 0..14 {
            let (stage, device) = with_device();
            let from = morning(&stage) - DAY;
            let stage = Arc::new(stage);
            good(&send(&stage, device, KEY, &beats(from, &[100; 3600])));
            at_call(&stage, "delete-readings", nth, move |stage| happens(stage, device, from));
            delete(&stage, device, from, from + 5 * MINUTE);
            stage.calm();
            catch_up(&stage);
            rollups_agree(&stage, device, &format!("{n} at call {nth}"));
            assert_eq!(behind(&stage, device), None, "{n} at call {nth}");
        }
    }
}

#[test]
fn what_is_deleted_while_its_hour_is_closed_does_not_come_back_in_rollups() {
    for nth in 0..18 {
        for deleted in [30, 60] {
            let (stage, device, _) = close_while(nth, move |stage, device, from| {
                good(&delete(stage, device, from, from + deleted * SECOND));
            });
            rollups_agree(&stage, device, &format!("at call {nth}"));
            assert_eq!(behind(&stage, device), None, "at call {nth}");
        }
    }
}

#[test]
fn a_long_history_is_deleted_page_by_page_and_leaves_nothing_to_be_closed() {
    let (stage, device) = with_device();
    let now = stage.now().as_millis();
    let begin = now - 400 * DAY;
    for day in 0..400 {
        let key = format!("the-batch-of-the-day-{day:03}");
        good(&send(&stage, device, &key, &beats(begin + day * DAY, &[100; 2])));
        if day % 200 == 199 {
            stage.pass(lasting(10 * MINUTE));
            while behind(&stage, device).is_some() {
                assert!(stage.start("close-hours"));
            }
        }
    }
    let first = good(&delete(&stage, device, begin, now));
    let next = first["next"].as_str().expect("so many days take more than one request");
    assert_eq!(behind(&stage, device), None, "what was erased is closed");
    let live = beats(stage.now().as_millis() - 2 * SECOND, &[90; 2]);
    good(&send(&stage, device, "the-batch-of-this-moment", &live));
    let from = next.parse::<kernel::Timestamp>().unwrap().as_millis();
    assert_eq!(good(&delete(&stage, device, from, now)), json!({}));
    assert_eq!(all(&stage, device).len(), 2, "what was sent meanwhile");
    stage.pass(lasting(2 * HOUR));
    assert!(stage.start("close-hours"));
    assert_eq!(counted(&chart(&stage, device, begin, now + DAY, 2000)), 2);
}

/// Nothing of these days was noted yet: the request that brought the first readings was cut off after them.
#[test]
fn a_batch_that_comes_while_the_first_readings_of_its_days_are_deleted_is_summed_up() {
    let (stage, device) = with_device();
    let stage = Arc::new(stage);
    let from = morning(&stage) - 3 * HOUR;
    stage.interfere(|call| match String::from_utf8_lossy(&call.body).contains("\"rollup#d") && writes(call) {
        true => Fate::NeverSent,
        false => Fate::Answered,
    });
    assert_eq!(send(&stage, device, KEY, &beats(from, &[100; 60])).status_code, 503);
    stage.calm();
    before_write_of(&stage, "rollup#d", move |stage| {
        good(&send(stage, device, "a-batch-of-another-hour", &beats(from + 2 * HOUR, &[110; 60])));
    });
    good(&delete(&stage, device, from, from + MINUTE));
    stage.calm();
    catch_up(&stage);
    assert_eq!(all(&stage, device).len(), 60);
    rollups_agree(&stage, device, "after all");
}
