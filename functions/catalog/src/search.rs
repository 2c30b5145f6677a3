//! How products are looked for; titles are compared whatever their case and accents, in Russian and English alike.
//! Pure.

use crate::product::{Category, Product};
use kernel::Currency;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How much of a title its sort key holds, in characters of up to four bytes: a cursor holds the key, and is short.
const KEY: usize = 100;

/// A text as it is compared: compatible characters made one, lower case, without accents, each run of white space one
/// blank. `ё` is `е` as everybody types it; `й` is a letter of its own and stays.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Lower case first and last: of some capitals only the one, of some only the other form has a small letter.
    for c in text.nfkc().flat_map(char::to_lowercase).nfkd().flat_map(char::to_lowercase) {
        if c == '\u{306}' && folded.ends_with('и') {
            folded.pop();
            folded.push('й');
        } else if c.is_whitespace() {
            if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else if !is_combining_mark(c) {
            folded.push(c);
        }
    }
    folded
}

/// What an index sorts a title by. Never empty, as keys of indexes must not be.
pub fn title_key(title: &str) -> String {
    let key: String = folded(title).chars().take(KEY).collect();
    // A title of nothing but accents goes before all others.
    if key.is_empty() { " ".to_owned() } else { key }
}

/// What the keys of all titles that begin with `text` begin with.
pub fn key_prefix(text: &str) -> String {
    folded(text).chars().take(KEY).collect()
}

/// What a product must be like to be listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Of this category.
    pub category: Option<Category>,
    /// Its folded title begins like this.
    pub title: Option<String>,
    /// Sold in this currency, for this much or more and this much or less, in minor units.
    pub price: Option<(Currency, i64, i64)>,
}

impl Filter {
    /// Whether a product is on sale and like that.
    pub fn fits(&self, product: &Product) -> bool {
        let details = &product.details;
        let priced = |(currency, min, max): &(Currency, i64, i64)| {
            let price = details.prices.in_currency(*currency);
            price.is_some_and(|price| (*min..=*max).contains(&price.amount_minor))
        };
        details.published
            && self.category.as_ref().is_none_or(|category| details.category.as_ref() == Some(category))
            && self.title.as_ref().is_none_or(|title| folded(details.title.as_str()).starts_with(title))
            && self.price.as_ref().is_none_or(priced)
    }
}
