//! The domain of prices.

use crate::support::sku;
use kernel::{Currency, Money, Sku, TaxRate};
use orders::delivery::{DeliveryFees, Tariffs};
use orders::order::Basket;
use orders::pricing::{self, Price, Unpriced};
use platform::Figure;
use proptest::prelude::*;

const PRODUCTS: usize = 8;

/// Prices in pounds, delivered for nothing.
fn price(wanted: &[(Sku, u32)], prices: Vec<Price>) -> Result<Basket, Unpriced> {
    pricing::price(wanted, prices, Currency::GBP, &Tariffs::default())
}

fn prices() -> impl Strategy<Value = Vec<Price>> {
    let one = (0..10_000_000i64, 0..=10_000u32);
    prop::collection::vec(one, PRODUCTS).prop_map(|prices| {
        let prices = prices.into_iter().enumerate().map(|(n, (minor, rate))| Price {
            sku: sku(n),
            title: format!("Product {n}"),
            prices: vec![Money::new(minor, Currency::GBP)],
            tax_rate: TaxRate::try_from(rate).unwrap(),
            published: true,
        });
        prices.collect()
    })
}

fn wanted() -> impl Strategy<Value = Vec<(Sku, u32)>> {
    prop::collection::vec((0..PRODUCTS, 1..=100_000u32), 1..60)
        .prop_map(|lines| lines.into_iter().map(|(n, quantity)| (sku(n), quantity)).collect())
}

proptest! {
    #[test]
    fn a_basket_has_the_wanted_lines_in_their_order_and_their_sums(wanted in wanted(), prices in prices()) {
        let basket = price(&wanted, prices.clone()).unwrap();
        let lines: Vec<_> = basket.lines.iter().map(|line| (line.sku.clone(), line.quantity)).collect();
        prop_assert_eq!(lines, wanted);
        let total: i64 = basket.lines.iter().map(|line| line.unit_minor * i64::from(line.quantity)).sum();
        let tax: i64 = basket.lines.iter().map(|line| line.tax_minor).sum();
        prop_assert_eq!(basket.total, Money::new(total, Currency::GBP));
        prop_assert_eq!(basket.tax, Money::new(tax, Currency::GBP));
        prop_assert_eq!(basket.delivery, Money::new(0, Currency::GBP));
        for line in &basket.lines {
            let product = prices.iter().find(|price| price.sku == line.sku).unwrap();
            prop_assert_eq!(line.unit_minor, product.prices[0].amount_minor);
            prop_assert_eq!(&line.title, &product.title);
            // The rate is at most 100 %, so at most half of a price that includes it is tax.
            let most = (line.unit_minor * i64::from(line.quantity) + 1) / 2;
            prop_assert!((0..=most).contains(&line.tax_minor), "{} of {}", line.tax_minor, most * 2);
        }
    }

    #[test]
    fn the_delivery_and_its_tax_are_in_the_sums(wanted in wanted(), prices in prices(), free_from in 0..1_000_000_000i64) {
        let tariffs = DeliveryFees::read(&format!("EUR:1:1:1 GBP:395:{free_from}:2000")).unwrap();
        let goods = price(&wanted, prices.clone()).unwrap();
        let basket = pricing::price(&wanted, prices, Currency::GBP, &tariffs).unwrap();
        let (fee, tax) = if goods.total.amount_minor < free_from { (395, 66) } else { (0, 0) };
        prop_assert_eq!(basket.delivery.amount_minor, fee);
        prop_assert_eq!(basket.total.amount_minor, goods.total.amount_minor + fee);
        prop_assert_eq!(basket.tax.amount_minor, goods.tax.amount_minor + tax);
        prop_assert_eq!(basket.lines, goods.lines);
    }

    #[test]
    fn prices_are_found_in_whatever_order_they_come(wanted in wanted(), prices in prices()) {
        let backwards = prices.iter().rev().cloned().collect();
        prop_assert_eq!(price(&wanted, prices), price(&wanted, backwards));
    }

    #[test]
    fn what_is_not_for_sale_is_named_once_in_order(wanted in wanted(), prices in prices(), spoil in prop::collection::vec(0..4u8, PRODUCTS)) {
        let mut kept = Vec::new();
        let mut unsold = Vec::new();
        for (mut price, spoil) in prices.into_iter().zip(spoil) {
            match spoil {
                0 => unsold.push(price.sku.clone()),
                1 => price.published = false,
                2 => price.prices[0].currency = Currency::EUR,
                _ => {}
            }
            match spoil {
                0 => continue,
                1 | 2 => unsold.push(price.sku.clone()),
                _ => {}
            }
            kept.push(price);
        }
        let mut expected: Vec<Sku> = wanted.iter().map(|(sku, _)| sku.clone()).filter(|sku| unsold.contains(sku)).collect();
        expected.sort();
        expected.dedup();
        match price(&wanted, kept) {
            Ok(_) => prop_assert!(expected.is_empty()),
            Err(unpriced) => prop_assert_eq!(unpriced, Unpriced::NotForSale(expected)),
        }
    }
}

#[test]
fn sums_that_no_amount_can_hold_are_refused() {
    let dear = |n| Price {
        sku: sku(n),
        title: String::new(),
        prices: vec![Money::new(i64::MAX, Currency::GBP)],
        tax_rate: TaxRate::try_from(0).unwrap(),
        published: true,
    };
    let prices = vec![dear(0), dear(1)];
    let priced = |wanted: &[(Sku, u32)]| price(wanted, prices.clone());
    assert_eq!(priced(&[(sku(0), 1)]).unwrap().total.amount_minor, i64::MAX);
    assert_eq!(priced(&[(sku(0), 2)]), Err(Unpriced::TooLarge));
    assert_eq!(priced(&[(sku(0), 1), (sku(1), 1)]), Err(Unpriced::TooLarge));
}

#[test]
fn what_holds_nothing_costs_nothing() {
    let tariffs = DeliveryFees::read("GBP:395:5000:2000").unwrap();
    let basket = pricing::price(&[], Vec::new(), Currency::GBP, &tariffs).unwrap();
    let nothing = Money::new(0, Currency::GBP);
    assert_eq!((basket.total, basket.tax, basket.delivery), (nothing, nothing, nothing));
}
