//! The values that a product is described with: bounded, and checked when they are read.

use kernel::{Count, Currency, List, Money, Text};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A name in addresses: 1 to `MAX` of `a–z 0–9 -`, not beginning with a dash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Slug<const MAX: usize>(String);

impl<const MAX: usize> Slug<MAX> {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> std::str::FromStr for Slug<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > MAX || text.starts_with('-') || !text.bytes().all(known) {
            return Err(format!("1 to {MAX} lower-case letters (a to z), digits or dashes are expected"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize> fmt::Display for Slug<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Slug<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<const MAX: usize> JsonSchema for Slug<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Slug_{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "maxLength": MAX })
    }
}

/// Text in paragraphs: 1 to `MAX` characters without surrounding white space; line breaks are kept, as `\n`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> std::str::FromStr for Prose<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().replace("\r\n", "\n").replace('\r', "\n");
        match text.chars().count() {
            length if !(1..=MAX).contains(&length) => {
                Err(format!("1 to {MAX} characters are allowed, these are {length}"))
            }
            _ if text.chars().any(|c| c.is_control() && c != '\n') => {
                Err("control characters but line breaks are not allowed".to_owned())
            }
            _ => Ok(Self(text)),
        }
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Prose<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<const MAX: usize> JsonSchema for Prose<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Prose_{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX })
    }
}

/// The address of a picture or film: `https://`, at most 500 visible ASCII characters, without credentials.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    const MAX: usize = 500;

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Link {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
        let named = |host: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
            host.starts_with(|c: char| c.is_ascii_alphanumeric()) && host.bytes().all(known)
        };
        let visible = text.len() <= Self::MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
        match host {
            Some(host) if visible && named(host) => Ok(Self(text.to_owned())),
            _ => Err(format!("an address https://… of at most {} visible ASCII characters is expected", Self::MAX)),
        }
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Link {
    fn schema_name() -> Cow<'static, str> {
        "Link".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uri", "pattern": "^https://", "maxLength": Self::MAX })
    }
}

/// Pictures and films of a product, at most 20; the first one stands for it in lists.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<Link>")]
pub struct Media(#[schemars(length(max = 20))] Vec<Link>);

impl Media {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The addresses in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Link> {
        self.0.iter()
    }
}

impl TryFrom<Vec<Link>> for Media {
    type Error = String;

    fn try_from(links: Vec<Link>) -> Result<Self, String> {
        List::<Link, 0, 20>::new(links.clone()).map(|_| Self(links))
    }
}

/// What distinguishes a product and its variants: `{"colour": "red"}`. At most 30, each named once.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<Slug<40>, Text<1, 200>>);

impl Attributes {
    const MAX: usize = 30;

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of names and texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
                let mut attributes = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<Slug<40>, _>()? {
                    if attributes.insert(name.clone(), value).is_some() {
                        return Err(A::Error::custom(format!("{name} occurs twice")));
                    }
                    if attributes.len() > Attributes::MAX {
                        return Err(A::Error::custom(format!("at most {} attributes are allowed", Attributes::MAX)));
                    }
                }
                Ok(Attributes(attributes))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

impl JsonSchema for Attributes {
    fn schema_name() -> Cow<'static, str> {
        "Attributes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<Text<1, 200>>();
        let name = generator.subschema_for::<Slug<40>>();
        json_schema!({
            "type": "object",
            "description": "What distinguishes a product and its variants.",
            "propertyNames": name,
            "additionalProperties": value,
            "maxProperties": Attributes::MAX,
        })
    }
}

/// What one costs: up to a thousand million in the currency's minor unit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In minor units.
    pub amount_minor: Count<0, 1_000_000_000>,
    /// The currency.
    pub currency: Currency,
}

/// What one costs, tax included: 1 to 10 prices, one a currency. Kept by currency, so that the same prices compare
/// equal in whatever order they are given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Prices(Vec<Money>);

impl Prices {
    /// The price in a currency, if it is sold in it.
    pub fn in_currency(&self, currency: Currency) -> Option<Money> {
        self.0.iter().find(|price| price.currency == currency).copied()
    }

    /// The prices by currency.
    pub fn as_slice(&self) -> &[Money] {
        &self.0
    }
}

impl TryFrom<&[Price]> for Prices {
    type Error = String;

    fn try_from(prices: &[Price]) -> Result<Self, String> {
        let mut prices: Vec<Money> =
            prices.iter().map(|price| Money::new(price.amount_minor.get().into(), price.currency)).collect();
        prices.sort_by_key(|price| price.currency);
        match prices.windows(2).find(|pair| pair[0].currency == pair[1].currency) {
            Some(pair) => Err(format!("{} occurs twice", pair[0].currency)),
            None => Ok(Self(prices)),
        }
    }
}

impl<'de> Deserialize<'de> for Prices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let prices = List::<Price, 1, 10>::deserialize(deserializer)?;
        Prices::try_from(&*prices).map_err(D::Error::custom)
    }
}

impl JsonSchema for Prices {
    fn schema_name() -> Cow<'static, str> {
        "Prices".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let price = generator.subschema_for::<Price>();
        json_schema!({
            "type": "array",
            "description": "What one costs, tax included: one price a currency.",
            "items": price,
            "minItems": 1,
            "maxItems": 10,
        })
    }
}
