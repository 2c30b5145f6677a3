//! Business figures.

use crate::support::{place, reserved, shop, state};
use orders::figures::{ReturnDays, UnpaidMinutes};
use platform::Figure;
use std::time::Duration;

#[test]
fn figures_have_defaults_and_bounds() {
    let minutes = |count: u64| Ok(Duration::from_secs(60 * count));
    assert_eq!(UnpaidMinutes::read(UnpaidMinutes::DEFAULT), minutes(15));
    assert_eq!(UnpaidMinutes::read("1"), minutes(1));
    for text in ["", "0", "16", "-1", "1.5", "fifteen", "15 min"] {
        assert!(UnpaidMinutes::read(text).is_err(), "{text}");
    }
    let days = |count: u64| Ok(Duration::from_secs(86_400 * count));
    assert_eq!(ReturnDays::read(ReturnDays::DEFAULT), days(30));
    assert_eq!((ReturnDays::read("0"), ReturnDays::read("3650")), (days(0), days(3650)));
    for text in ["", "-1", "3651", "a month"] {
        assert!(ReturnDays::read(text).is_err(), "{text}");
    }
}

#[test]
fn a_deployment_whose_figure_makes_no_sense_does_nothing_wrong() {
    let stage = shop(1);
    let id = place(&stage, 1);
    stage.set("UNPAID_MINUTES", "soon");
    assert!(!stage.deliver("mark-reserved", &reserved(&stage, id)));
    assert_eq!(state(&stage, id), "placed");
    assert!(stage.log().iter().any(|line| line.contains("UNPAID_MINUTES")), "the log says which");
    stage.set("UNPAID_MINUTES", "5");
    assert!(stage.deliver("mark-reserved", &reserved(&stage, id)));
    assert_eq!(state(&stage, id), "reserved");
}
