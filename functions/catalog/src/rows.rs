//! The rows of an import: each is read on its own, and everything that is wrong with it is named. Pure.

use crate::product::Details;
use crate::set_product::is_taken;
use crate::stock::{Location, Locations};
use kernel::{Count, Sku};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The longest name or reason that a report repeats, in characters.
const LONGEST: usize = 200;

/// A product with its stock, as it is imported and exported.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Row {
    /// The code it is sold under.
    pub sku: Sku,
    /// The product.
    #[serde(flatten)]
    pub details: Details,
    /// How many are on hand at each location. An import also takes one number: it counts the first location. Without
    /// it, stock stays as it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "on_hand_schema")]
    pub on_hand: BTreeMap<Location, u32>,
}

fn on_hand_schema(generator: &mut SchemaGenerator) -> Schema {
    let (each, one) = (generator.subschema_for::<BTreeMap<Location, Units>>(), generator.subschema_for::<Units>());
    json_schema!({ "anyOf": [each, one] })
}

/// A count of a shelf.
type Units = Count<0, 1_000_000_000>;

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RowError {
    /// Which row: 1 is the first, below the heading.
    pub row: u32,
    /// Its code, as it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Which field of it: `prices[0].currency`.
    pub field: String,
    /// What is wrong.
    pub reason: String,
}

/// A row as it was read: what it says, or all that is wrong with it.
pub type Reading = Result<Row, Vec<RowError>>;

/// A row before it is checked: its fields, and what is known to be wrong with some of them.
#[derive(Debug, Default)]
pub struct RawRow {
    /// What its fields say.
    pub fields: Map<String, Value>,
    /// What could not even be taken for a value, by field.
    pub wrong: BTreeMap<String, String>,
}

impl RawRow {
    /// A row of a JSON list.
    pub fn of(row: Value) -> Self {
        match row {
            Value::Object(fields) => Self { fields, wrong: BTreeMap::new() },
            other => Self {
                fields: Map::new(),
                wrong: BTreeMap::from([(".".to_owned(), format!("an object is expected, this is {other}"))]),
            },
        }
    }
}

/// Reads all rows. A SKU that stands in a row already is wrong in the later one.
pub fn read(rows: impl IntoIterator<Item = RawRow>, locations: &Locations) -> Vec<Reading> {
    let mut seen = BTreeMap::new();
    (1..).zip(rows).map(|(number, row)| read_row(number, row, locations, &mut seen)).collect()
}

fn read_row(number: u32, row: RawRow, locations: &Locations, seen: &mut BTreeMap<String, u32>) -> Reading {
    let named = row.fields.get("sku").and_then(Value::as_str).map(|sku| cut(sku.trim()));
    if row.wrong.contains_key(".") {
        return Err(errors(number, &named, row.wrong));
    }
    let mut fields = Fields(row);
    let sku = fields.required::<Sku>("sku");
    if let Some(sku) = &sku {
        let first = *seen.entry(sku.to_string()).or_insert(number);
        if first != number {
            fields.blame("sku", format!("it stands in row {first} already"));
        }
        if is_taken(sku) {
            fields.blame("sku", "a product cannot have this code".to_owned());
        }
    }
    let on_hand = fields.on_hand(locations);
    let title = fields.required("title");
    let description = fields.optional("description");
    let product = fields.optional("product");
    let category = fields.optional("category");
    let attributes = fields.optional("attributes").unwrap_or_default();
    let media = fields.optional("media").unwrap_or_default();
    let prices = fields.required("prices");
    let tax_class = fields.optional("tax_class").unwrap_or_default();
    let published = fields.required("published");
    match (sku, title, prices, published, fields.finish()) {
        (Some(sku), Some(title), Some(prices), Some(published), wrong) if wrong.is_empty() => {
            let details = Details {
                title,
                description,
                product,
                category,
                attributes,
                media,
                prices,
                tax_class,
                published,
            };
            Ok(Row { sku, details, on_hand })
        }
        (.., wrong) => Err(errors(number, &named, wrong)),
    }
}

fn errors(row: u32, sku: &Option<String>, wrong: BTreeMap<String, String>) -> Vec<RowError> {
    let error = |(field, reason): (String, String)| RowError {
        row,
        sku: sku.clone(),
        field: cut(&field),
        reason: cut(&reason),
    };
    wrong.into_iter().map(error).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// The fields of a row, each read on its own.
struct Fields(RawRow);

impl Fields {
    fn blame(&mut self, field: &str, reason: String) {
        self.0.wrong.entry(field.to_owned()).or_insert(reason);
    }

    fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if self.0.fields.get(name).is_none_or(Value::is_null) {
            self.blame(name, "it is missing".to_owned());
        }
        self.optional(name)
    }

    fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.0.fields.remove(name).filter(|value| !value.is_null())?;
        self.value(name, value)
    }

    fn value<T: DeserializeOwned>(&mut self, name: &str, value: Value) -> Option<T> {
        match serde_path_to_error::deserialize(value) {
            Ok(value) => Some(value),
            Err(error) => {
                let path = error.path().to_string();
                let field = match path.as_str() {
                    "." => name.to_owned(),
                    path if path.starts_with('[') => format!("{name}{path}"),
                    path => format!("{name}.{path}"),
                };
                self.blame(&field, error.inner().to_string());
                None
            }
        }
    }

    /// One number, for the first location, or a number a location.
    fn on_hand(&mut self, locations: &Locations) -> BTreeMap<Location, u32> {
        let counts: BTreeMap<Location, Units> = match self.0.fields.remove("on_hand") {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(each @ Value::Object(_)) => self.value("on_hand", each).unwrap_or_default(),
            Some(one) => {
                self.value("on_hand", one).map(|units| (locations.first().clone(), units)).into_iter().collect()
            }
        };
        for location in counts.keys().filter(|location| !locations.knows(location)) {
            self.blame(&format!("on_hand.{location}"), "there is no such location".to_owned());
        }
        counts.into_iter().map(|(location, units)| (location, units.get())).collect()
    }

    /// What is wrong, fields that nobody knows included.
    fn finish(mut self) -> BTreeMap<String, String> {
        let unknown: Vec<String> = self.0.fields.keys().cloned().collect();
        for name in unknown {
            self.blame(&name, "there is no such field".to_owned());
        }
        self.0.wrong
    }
}
