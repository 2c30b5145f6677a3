//! Money, times and counts as people of a language write them. Pure.

use crate::locale::Locale;
use jiff::tz::TimeZone;
use kernel::{Money, Timestamp};

const NO_BREAK: char = '\u{a0}';

const MONTHS_RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// An amount: `1 299,00 ₽`, `£12.99`, `RUB 1,299.00`. Spaces do not break.
pub fn money(amount: Money, locale: Locale) -> String {
    let decimals = usize::from(amount.currency.decimals());
    let scale = 10u64.pow(u32::from(amount.currency.decimals()));
    let absolute = amount.amount_minor.unsigned_abs();
    let sign = if amount.amount_minor < 0 { "-" } else { "" };
    let (separator, point) = match locale {
        Locale::Ru => (NO_BREAK, ','),
        Locale::En => (',', '.'),
    };
    let mut number = grouped(absolute / scale, separator);
    if decimals > 0 {
        number.push(point);
        number += &format!("{:0decimals$}", absolute % scale);
    }
    let code = amount.currency.code();
    let symbol = match (code, locale) {
        ("GBP", _) => Some("£"),
        ("EUR", _) => Some("€"),
        ("USD", _) => Some("$"),
        ("RUB", Locale::Ru) => Some("₽"),
        _ => None,
    };
    match (locale, symbol) {
        (Locale::Ru, _) => format!("{sign}{number}{NO_BREAK}{}", symbol.unwrap_or(code)),
        (Locale::En, Some(symbol)) => format!("{sign}{symbol}{number}"),
        (Locale::En, None) => format!("{sign}{code}{NO_BREAK}{number}"),
    }
}

fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A day and time by the person's clock: `5 января 2026 г., 15:45 (UTC+3)`, `5 January 2026, 15:45 (UTC)`.
pub fn date_time(time: Timestamp, zone: &TimeZone, locale: Locale) -> String {
    let Ok(moment) = jiff::Timestamp::from_millisecond(time.as_millis()) else {
        return time.to_string();
    };
    let (offset, wall) = (zone.to_offset(moment), zone.to_datetime(moment));
    let month = usize::try_from(wall.month()).unwrap_or(1).saturating_sub(1);
    let (day, year, hour, minute) = (wall.day(), wall.year(), wall.hour(), wall.minute());
    let zone = utc_offset(offset.seconds());
    match locale {
        Locale::Ru => format!("{day} {} {year} г., {hour:02}:{minute:02} ({zone})", MONTHS_RU[month % 12]),
        Locale::En => format!("{day} {} {year}, {hour:02}:{minute:02} ({zone})", MONTHS_EN[month % 12]),
    }
}

fn utc_offset(seconds: i32) -> String {
    let minutes = seconds.unsigned_abs() / 60;
    let sign = if seconds < 0 { '-' } else { '+' };
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// The form of a word for `count` things: one, few (in English: other), many.
pub fn plural(count: u64, locale: Locale, [one, few, many]: [&str; 3]) -> &str {
    match (locale, count % 10, count % 100) {
        (Locale::En, ..) => {
            if count == 1 {
                one
            } else {
                few
            }
        }
        (Locale::Ru, _, 11..=14) => many,
        (Locale::Ru, 1, _) => one,
        (Locale::Ru, 2..=4, _) => few,
        (Locale::Ru, ..) => many,
    }
}
