//! The domain of how products are looked for.

use crate::support::product_of;
use catalog::search::{Filter, folded, key_prefix, title_key};
use kernel::Currency;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn titles_are_compared_whatever_their_case_and_accents() {
    for (title, expected) in [
        ("WHITE HANGING HEART", "white hanging heart"),
        ("Crème brûlée", "creme brulee"),
        ("cre\u{300}me", "creme"),
        ("Ёлка", "елка"),
        ("е\u{308}лка", "елка"),
        ("Йогурт", "йогурт"),
        ("и\u{306}огурт", "йогурт"),
        ("чай", "чай"),
        ("STRAẞE", "straße"),
        ("İstanbul", "istanbul"),
        ("ﬁne  № 5\u{a0}mm", "fine no 5 mm"),
        ("Ｆｕｌｌ", "full"),
        ("a\u{2003} \tb", "a b"),
        ("Å", "a"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("👩‍👩‍👧 🧣", "👩‍👩‍👧 🧣"),
        ("", ""),
    ] {
        assert_eq!(folded(title), expected, "{title}");
    }
    assert_ne!(folded("мой"), folded("мои"), "a letter of its own");
}

#[test]
fn a_key_is_never_empty_and_never_too_long() {
    assert_eq!(title_key("\u{301}"), " ");
    assert_eq!(title_key(&"🧣".repeat(200)).len(), 400);
    // One character that stands for eighteen.
    assert!(title_key(&"\u{fdfa}".repeat(200)).len() <= 400);
    assert_eq!(key_prefix("\u{301}"), "", "which every title begins with");
}

proptest! {
    #[test]
    fn a_title_is_found_by_any_beginning_of_it(title in "\\PC{1,60}", cut in 0..60usize) {
        let beginning: String = title.chars().take(cut).collect();
        // What is cut inside of a character with its accents is another character.
        prop_assume!(folded(&title).starts_with(&folded(&beginning)));
        prop_assert!(title_key(&title).starts_with(&key_prefix(&beginning)) || folded(&title).is_empty());
        prop_assert!(title_key(&title).starts_with(&key_prefix(&beginning.to_uppercase())) || folded(&beginning.to_uppercase()) != folded(&beginning));
    }

    #[test]
    fn words_are_found_in_any_case_and_with_or_without_accents(title in "[a-zа-я]{1,20}( [a-zа-я]{1,20}){0,3}", cut in 1..40usize, accent in 0..40usize) {
        let beginning: String = title.chars().take(cut).collect();
        let mut accented: Vec<char> = beginning.to_uppercase().chars().collect();
        // On a Cyrillic и a breve makes another letter, so the accent is an acute.
        accented.insert((accent % accented.len()) + 1, '\u{301}');
        let accented: String = accented.into_iter().collect();
        prop_assert!(title_key(&title).starts_with(&key_prefix(&accented)), "{} {}", title, accented);
    }

    #[test]
    fn folding_again_changes_nothing(text in "\\PC{0,60}") {
        prop_assert_eq!(folded(&folded(&text)), folded(&text));
    }

    #[test]
    fn keys_fit_an_index(text in "\\PC{1,200}") {
        prop_assert!((1..=400).contains(&title_key(&text).len()));
    }
}

#[test]
fn a_filter_asks_for_everything_it_says() {
    let details = |published: bool| {
        json!({
            "title": "Белая свеча",
            "category": "candles",
            "prices": [{ "amount_minor": 255, "currency": "GBP" }, { "amount_minor": 29_900, "currency": "RUB" }],
            "published": published,
        })
    };
    let candle = product_of(1, &details(true));
    let all = Filter { category: None, title: None, price: None };
    let fits = |filter: &Filter| filter.fits(&candle);
    assert!(fits(&all));
    assert!(!all.fits(&product_of(1, &details(false))), "drafts are in no list");
    for (category, expected) in [("candles", true), ("candle", false), ("scarves", false)] {
        assert_eq!(fits(&Filter { category: category.parse().ok(), ..all.clone() }), expected, "{category}");
    }
    for (title, expected) in [("белая", true), ("белая свеча", true), ("свеча", false), ("", true)]
    {
        assert_eq!(fits(&Filter { title: Some(title.to_owned()), ..all.clone() }), expected, "{title}");
    }
    for (currency, min, max, expected) in [
        (Currency::GBP, 0, i64::MAX, true),
        (Currency::GBP, 255, 255, true),
        (Currency::GBP, 256, i64::MAX, false),
        (Currency::GBP, 0, 254, false),
        (Currency::RUB, 255, 300, false),
        (Currency::RUB, 29_900, 29_900, true),
        (Currency::EUR, 0, i64::MAX, false),
    ] {
        assert_eq!(
            fits(&Filter { price: Some((currency, min, max)), ..all.clone() }),
            expected,
            "{currency} {min} {max}"
        );
    }
}
