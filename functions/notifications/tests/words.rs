//! Money, times and counts as people of a language write them.

use kernel::{Currency, Money, Timestamp};
use notifications::locale::Locale;
use notifications::preferences::zone;
use notifications::words::{date_time, money, plural};

#[test]
fn money_is_written_as_its_readers_write_it() {
    let amount = |minor, currency: &str| Money::new(minor, currency.parse::<Currency>().unwrap());
    for (amount, ru, en) in [
        (amount(129_900, "RUB"), "1 299,00 ₽", "RUB 1,299.00"),
        (amount(1299, "GBP"), "12,99 £", "£12.99"),
        (amount(5, "EUR"), "0,05 €", "€0.05"),
        (amount(0, "USD"), "0,00 $", "$0.00"),
        (amount(-123_456_789, "GBP"), "-1 234 567,89 £", "-£1,234,567.89"),
        (amount(500_000, "JPY"), "500 000 JPY", "JPY 500,000"),
        (amount(1, "KWD"), "0,001 KWD", "KWD 0.001"),
        (amount(i64::MIN, "GBP"), "-92 233 720 368 547 758,08 £", "-£92,233,720,368,547,758.08"),
    ] {
        assert_eq!(money(amount, Locale::Ru).replace('\u{a0}', " "), ru);
        assert_eq!(money(amount, Locale::En).replace('\u{a0}', " "), en);
        assert!(!money(amount, Locale::Ru).contains(' '), "an amount is not broken over lines");
    }
}

#[test]
fn times_are_those_on_the_persons_wall() {
    let time: Timestamp = "2026-01-05T12:45:00Z".parse().unwrap();
    for (name, ru, en) in [
        ("UTC", "5 января 2026 г., 12:45 (UTC)", "5 January 2026, 12:45 (UTC)"),
        ("Europe/Moscow", "5 января 2026 г., 15:45 (UTC+3)", "5 January 2026, 15:45 (UTC+3)"),
        ("America/St_Johns", "5 января 2026 г., 09:15 (UTC-3:30)", "5 January 2026, 09:15 (UTC-3:30)"),
        ("Pacific/Kiritimati", "6 января 2026 г., 02:45 (UTC+14)", "6 January 2026, 02:45 (UTC+14)"),
    ] {
        let zone = zone(name).unwrap();
        assert_eq!(date_time(time, &zone, Locale::Ru), ru);
        assert_eq!(date_time(time, &zone, Locale::En), en);
    }
    let summer: Timestamp = "2026-07-05T12:45:00Z".parse().unwrap();
    assert_eq!(date_time(summer, &zone("Europe/London").unwrap(), Locale::En), "5 July 2026, 13:45 (UTC+1)");
}

#[test]
fn russian_counts_have_three_forms() {
    let forms = ["товар", "товара", "товаров"];
    for (form, counts) in [
        ("товар", &[1, 21, 31, 101, 1_000_001][..]),
        ("товара", &[2, 3, 4, 22, 104, 1_002]),
        ("товаров", &[0, 5, 9, 10, 11, 12, 13, 14, 15, 19, 20, 25, 100, 111, 112, 114, 1_011]),
    ] {
        for count in counts {
            assert_eq!(plural(*count, Locale::Ru, forms), form, "{count}");
        }
    }
    for (count, form) in [(0, "items"), (1, "item"), (2, "items"), (11, "items"), (21, "items")] {
        assert_eq!(plural(count, Locale::En, ["item", "items", "items"]), form);
    }
}

#[test]
fn a_language_without_templates_is_written_to_in_english() {
    for (tag, locale) in [
        ("ru", Locale::Ru),
        ("ru-RU", Locale::Ru),
        ("RU_ru", Locale::Ru),
        ("en-GB", Locale::En),
        ("de", Locale::En),
        ("rum", Locale::En),
        ("", Locale::En),
        ("русский", Locale::En),
    ] {
        assert_eq!(Locale::of(tag), locale, "{tag}");
    }
}
