//! The domain of delivery fees.

use crate::domain::pounds;
use kernel::{Currency, Money};
use orders::delivery::{DeliveryFees, Tariffs};
use platform::Figure;
use proptest::prelude::*;

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

#[test]
fn small_orders_pay_for_their_delivery() {
    let tariffs = DeliveryFees::read("GBP:395:5000:2000 EUR:495:6000:0").unwrap();
    assert_eq!(tariffs.fee(pounds(0)), (pounds(395), pounds(66)));
    assert_eq!(tariffs.fee(pounds(4999)), (pounds(395), pounds(66)));
    assert_eq!(tariffs.fee(pounds(5000)), (pounds(0), pounds(0)));
    assert_eq!(tariffs.fee(pounds(i64::MAX)), (pounds(0), pounds(0)));
    assert_eq!(tariffs.fee(euros(5999)), (euros(495), euros(0)));
    let roubles = |minor| Money::new(minor, Currency::RUB);
    assert_eq!(tariffs.fee(roubles(1)), (roubles(0), roubles(0)), "without a tariff delivery is free");
}

#[test]
fn a_setting_that_is_no_tariff_is_refused() {
    for text in [
        "GBP",
        "GBP:395",
        "XXX:1:2:3",
        "gbp:1:2:3",
        "GBP:-1:0:0",
        "GBP:1:-2:0",
        "GBP:1000000001:0:0",
        "GBP:1:2:10001",
        "GBP:1:2:3:4",
        "GBP:a:2:3",
        "GBP:1.5:2:3",
        "GBP:1:2:3,EUR:1:2:3",
        "GBP:1:2:3 EUR:1:2:3 GBP:1:2:3",
    ] {
        assert!(DeliveryFees::read(text).is_err(), "{text}");
    }
    assert_eq!(DeliveryFees::read(DeliveryFees::DEFAULT), Ok(Tariffs::default()));
    assert_eq!(DeliveryFees::read(" \t "), Ok(Tariffs::default()));
}

proptest! {
    #[test]
    fn a_fee_is_whole_or_nothing_and_its_tax_within_it(
        goods in 0..100_000i64,
        fee in 0..10_000i64,
        free_from in 0..100_000i64,
        rate in 0..=10_000u32,
    ) {
        let tariffs = DeliveryFees::read(&format!("GBP:{fee}:{free_from}:{rate}")).unwrap();
        let (charged, tax) = tariffs.fee(pounds(goods));
        prop_assert_eq!(charged.amount_minor, if goods < free_from { fee } else { 0 });
        prop_assert!((0..=charged.amount_minor / 2 + 1).contains(&tax.amount_minor));
    }
}
