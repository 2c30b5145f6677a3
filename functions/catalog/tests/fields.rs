//! The values that a product is described with.

use catalog::fields::{Attributes, Link, Media, Prices, Prose, Slug};
use kernel::{Currency, Money};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[test]
fn slugs_are_lower_case_words() {
    for good in ["a", "garden-furniture", "2nd-hand", &"x".repeat(40)] {
        assert_eq!(read::<Slug<40>>(json!(good)).unwrap().as_str(), good);
    }
    for bad in ["", "-a", "A", "a b", "a_b", "a#b", "шарф", "a\u{0}", &"x".repeat(41)] {
        assert!(read::<Slug<40>>(json!(bad)).is_err(), "{bad}");
    }
}

#[test]
fn prose_keeps_its_lines() {
    let read = |text: &str| read::<Prose<10>>(json!(text)).map(|prose| prose.as_str().to_owned());
    assert_eq!(read(" a\r\nb\rc\n\n"), Ok("a\nb\nc".to_owned()));
    assert_eq!(read(&"я".repeat(10)), Ok("я".repeat(10)));
    for bad in ["", " \n ", "a\tb", "a\u{0}b", &"я".repeat(11)] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn links_are_https_addresses_without_credentials() {
    for good in [
        "https://a",
        "https://cdn.example.com/a.jpg",
        "https://cdn.example.com:8443/%D1%88?x=1&y=2#z",
        "https://1.2.3.4/a@b",
    ] {
        assert_eq!(read::<Link>(json!(good)).unwrap().as_str(), good);
    }
    let long = format!("https://a/{}", "x".repeat(491));
    for bad in [
        "",
        "https://",
        "https:///a",
        "http://a",
        "HTTPS://a",
        "javascript:alert(1)",
        "//a",
        "https://user:secret@a/",
        "https://a@b",
        "https://a b",
        "https://шарф.рф",
        "https://a/\u{0}",
        "https://.",
        "https://[::1]/",
        &long,
    ] {
        assert!(read::<Link>(json!(bad)).is_err(), "{bad}");
    }
    assert!(read::<Link>(json!(&long[..500])).is_ok());
}

#[test]
fn media_and_attributes_are_bounded() {
    let links = |count: usize| json!((0..count).map(|n| format!("https://a/{n}")).collect::<Vec<_>>());
    assert_eq!(read::<Media>(links(20)).unwrap().iter().count(), 20);
    assert!(read::<Media>(links(21)).is_err());
    assert!(read::<Media>(json!([])).unwrap().is_empty());

    let named = |count: usize| -> Value {
        (0..count).map(|n| (format!("n{n}"), json!("v"))).collect::<serde_json::Map<_, _>>().into()
    };
    assert_eq!(read::<Attributes>(named(30)).unwrap().iter().count(), 30);
    assert!(read::<Attributes>(named(31)).unwrap_err().contains("at most 30"));
    for bad in [
        json!({ "Colour": "red" }),
        json!({ "colour": "" }),
        json!({ "colour": 1 }),
        json!({ "colour": "x".repeat(201) }),
        json!([["colour", "red"]]),
    ] {
        assert!(read::<Attributes>(bad.clone()).is_err(), "{bad}");
    }
    let twice = serde_json::from_str::<Attributes>(r#"{"colour": "red", "colour": "blue"}"#);
    assert!(twice.unwrap_err().to_string().contains("colour occurs twice"));
}

#[test]
fn there_is_one_price_a_currency() {
    let price = |amount: i64, currency: &str| json!({ "amount_minor": amount, "currency": currency });
    let prices: Prices = read(json!([price(255, "GBP"), price(299, "EUR")])).unwrap();
    assert_eq!(prices.in_currency(Currency::GBP), Some(Money::new(255, Currency::GBP)));
    assert_eq!(prices.in_currency(Currency::RUB), None);
    assert_eq!(prices, read(json!([price(299, "EUR"), price(255, "GBP")])).unwrap(), "whatever their order");
    let twice = read::<Prices>(json!([price(1, "GBP"), price(2, "EUR"), price(3, "GBP")]));
    assert!(twice.unwrap_err().contains("GBP occurs twice"));
    let many: Vec<Value> = [
        "GBP", "EUR", "RUB", "USD", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK",
    ]
    .iter()
    .map(|currency| price(1, currency))
    .collect();
    assert!(read::<Prices>(json!(many[..10])).is_ok());
    assert!(read::<Prices>(json!(many)).is_err());
    for bad in [
        json!([]),
        json!([price(-1, "GBP")]),
        json!([price(1_000_000_001, "GBP")]),
        json!([price(1, "gbp")]),
        json!({ "GBP": 255 }),
    ] {
        assert!(read::<Prices>(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn values_read_back_as_they_are_written() {
    let prices: Prices = read(json!([{ "amount_minor": 1, "currency": "RUB" }])).unwrap();
    assert_eq!(read::<Prices>(json!(prices)), Ok(prices));
    let attributes: Attributes = read(json!({ "size": "M", "colour": "красный" })).unwrap();
    assert_eq!(read::<Attributes>(json!(attributes)), Ok(attributes));
}
