//! Who applies: what a candidate tells of themselves. Pure.

use kernel::{Text, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A candidate, in the candidate's own words. Personal data: it stands in the application alone, until it is erased.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ApplyingPerson")]
pub struct Person {
    /// The full name.
    pub name: Text<1, 200>,
    /// The day of birth.
    pub birth_date: BirthDate,
    /// The number to call about the application.
    pub phone: Phone,
    /// What else the manager is to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Text<1, 2000>>,
}

impl Person {
    /// What one person's applications have in common however the name is spelt: case, order and white space of its
    /// parts do not matter, nor does `ё`, which many write `е`.
    pub fn likeness(&self) -> [String; 2] {
        let name = self.name.as_str().to_lowercase().replace('ё', "е");
        let mut parts: Vec<&str> = name.split_whitespace().collect();
        parts.sort_unstable();
        [parts.join(" "), self.birth_date.0.clone()]
    }
}

/// A day on which somebody was born, `1990-05-17`, from 1900 on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BirthDate(String);

impl BirthDate {
    /// Whether that day has come by `now`, in UTC.
    pub fn has_come(&self, now: Timestamp) -> bool {
        // A time begins with its date, and digits sort as dates do.
        self.0 <= now.to_string()
    }
}

impl TryFrom<String> for BirthDate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let date: Option<jiff::civil::Date> = text.parse().ok();
        match date.filter(|date| date.year() >= 1900 && date.to_string() == text) {
            Some(_) => Ok(Self(text)),
            None => Err("a day looks like 1990-05-17, from 1900 on".to_owned()),
        }
    }
}

/// A phone number in its international form (E.164): `+` and 8 to 15 digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl TryFrom<String> for Phone {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        match is_number && (8..=15).contains(&digits.len()) {
            true => Ok(Self(text)),
            false => Err("a phone number is + and 8 to 15 digits".to_owned()),
        }
    }
}

impl From<BirthDate> for String {
    fn from(date: BirthDate) -> String {
        date.0
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(…)")
    }
}

impl JsonSchema for BirthDate {
    fn schema_name() -> Cow<'static, str> {
        "BirthDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date",
            "description": "A day on which somebody was born, from 1900 on.",
            "examples": ["1990-05-17"],
        })
    }
}

impl JsonSchema for Phone {
    fn schema_name() -> Cow<'static, str> {
        "PhoneNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A phone number in its international form (E.164).",
            "pattern": "^\\+[1-9][0-9]{7,14}$",
            "examples": ["+442079460018"],
        })
    }
}
