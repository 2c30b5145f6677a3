//! The languages that people are written to in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language that the marketplace speaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Locale {
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Locale {
    /// Every one.
    pub const ALL: [Locale; 2] = [Locale::Ru, Locale::En];

    /// The locale for a language tag (`ru`, `ru-RU`, `en_GB`): what is not Russian is written to in English.
    pub fn of(tag: &str) -> Self {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("ru") { Locale::Ru } else { Locale::En }
    }

    /// The language's tag.
    pub fn tag(self) -> &'static str {
        match self {
            Locale::Ru => "ru",
            Locale::En => "en",
        }
    }
}
