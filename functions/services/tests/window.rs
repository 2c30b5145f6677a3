//! Windows: when a client may wish for a job.

use kernel::Timestamp;
use platform::Figure;
use services::window::{Bounds, RequestWindow, Unfit, Window};
use std::time::Duration;

const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000).after(Duration::from_secs(seconds))
}

#[test]
fn a_window_is_to_come_long_enough_and_not_too_far_ahead() {
    let bounds = RequestWindow::read(RequestWindow::DEFAULT).unwrap();
    let check = |from, until| Window { from: at(from), until: at(until) }.check(bounds, at(DAY));
    assert_eq!(check(DAY + 1, DAY + 1 + 30 * MINUTE), Ok(()));
    assert_eq!(check(DAY, DAY + 30 * MINUTE), Err(Unfit::Past));
    assert_eq!(check(0, 3 * DAY), Err(Unfit::Past));
    let short = Err(Unfit::TooShort { least_min: 30 });
    assert_eq!(check(DAY + 1, DAY + 30 * MINUTE), short);
    assert_eq!(check(3 * DAY, 2 * DAY), short, "it ends before it begins");
    assert_eq!(check(2 * DAY, 31 * DAY), Ok(()));
    assert_eq!(check(2 * DAY, 31 * DAY + 1), Err(Unfit::TooFar { latest: at(31 * DAY) }));
}

#[test]
fn the_setting_says_minutes_and_days() {
    let read = RequestWindow::read("45 7");
    let expected = Bounds {
        shortest: Duration::from_secs(45 * MINUTE),
        ahead: Duration::from_secs(7 * DAY),
    };
    assert_eq!(read, Ok(expected));
    for bad in ["", "30", "30 30 30", "0 30", "30 0", "30 366", "-1 3", "a b", "30  30"] {
        assert!(RequestWindow::read(bad).is_err(), "{bad:?}");
    }
}
