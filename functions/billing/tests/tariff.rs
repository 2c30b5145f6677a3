//! What jobs cost and bring.

use crate::support::roubles;
use billing::ledger::{Account, Leg};
use billing::tariff::{Discounts, Ending, Settlement, Shares};
use kernel::{AccountId, Money};
use platform::Figure;
use proptest::prelude::*;

fn discounts() -> Discounts {
    Discounts::read(Discounts::DEFAULT).unwrap()
}

fn shares() -> Shares {
    Shares::read(Shares::DEFAULT).unwrap()
}

fn settle(price: i64, ending: Ending, paid: i64) -> (i64, i64, i64) {
    let settled = Settlement::of(roubles(price), ending, roubles(paid), &discounts(), &shares());
    (settled.charge.amount_minor, settled.accrual.amount_minor, settled.fine.amount_minor)
}

#[test]
fn the_discount_grows_with_what_was_paid() {
    for (paid, percent) in [
        (0, 0),
        (999_999, 0),
        (1_000_000, 0),
        (1_000_001, 5),
        (2_000_000, 5),
        (2_000_001, 6),
        (7_000_001, 11),
        (8_000_001, 12),
        (80_000_001, 12),
        (i64::MAX, 12),
        (-5, 0),
        (i64::MIN + 1, 0),
    ] {
        assert_eq!(discounts().percent(roubles(paid)), percent, "{paid}");
    }
    let yen: Money = Money::new(10_001, "JPY".parse().unwrap());
    assert_eq!(discounts().percent(yen), 5, "a currency without a minor unit");
}

#[test]
fn a_client_pays_for_every_ending_and_a_worker_earns_for_one() {
    assert_eq!(settle(10_000, Ending::Completed, 0), (10_000, 6_000, 0));
    assert_eq!(settle(10_000, Ending::Cancelled, 0), (10_000, 0, 0));
    assert_eq!(settle(10_000, Ending::Failed, 0), (10_000, 0, 4_000));
    assert_eq!(settle(10_000, Ending::Completed, 1_000_001), (9_500, 6_000, 0), "the discount is the platform's");
}

#[test]
fn halves_are_rounded_away_from_zero() {
    // 60 % of 1.25 is 0.75; 40 % of 0.01 is 0.004; 5 % of 0.10 is 0.005.
    assert_eq!(settle(125, Ending::Completed, 0).1, 75);
    assert_eq!(settle(1, Ending::Failed, 0).2, 0);
    assert_eq!(settle(10, Ending::Completed, 1_000_001).0, 9, "half a kopeck of discount is a kopeck");
}

#[test]
fn figures_that_make_no_sense_are_refused() {
    for text in [
        "",
        "10000,5",
        "0,5,12",
        "10000,5,4",
        "10000,-1,12",
        "10000,5,101",
        "a,b,c",
    ] {
        assert!(Discounts::read(text).is_err(), "{text}");
    }
    for text in ["", "60", "101,40", "60,-1", "60,40,1"] {
        assert!(Shares::read(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_in_rounding(price in 0i64..=i64::MAX / 2, paid in 0i64..10_000_000, which in 0usize..3) {
        let ending = [Ending::Completed, Ending::Cancelled, Ending::Failed][which];
        let settled = Settlement::of(roubles(price), ending, roubles(paid), &discounts(), &shares());
        prop_assert!(settled.charge.amount_minor >= 0 && settled.charge.amount_minor <= price);
        let (client, worker) = (AccountId::from_bits(1), AccountId::from_bits(2));
        let entry = settled.entry(client, worker).unwrap();
        let sum: i128 = entry.legs().iter().map(|leg| i128::from(leg.amount.amount_minor)).sum();
        prop_assert_eq!(sum, 0);
        let leg = |account| entry.legs().iter().find(move |leg: &&Leg| leg.account == account);
        let of = |account| leg(account).map_or(0, |leg| leg.amount.amount_minor);
        prop_assert_eq!(of(Account::Client(client)), -settled.charge.amount_minor);
        prop_assert_eq!(of(Account::Worker(worker)), settled.accrual.amount_minor - settled.fine.amount_minor);
    }
}
