//! Rows of products as lines of a sheet, both ways. Pure.
//!
//! | column | cell |
//! | --- | --- |
//! | `sku`, `title`, `description`, `product`, `category`, `tax_class` | as it is |
//! | `prices` | `2.55 GBP\|2.99 EUR` |
//! | `attributes` | `colour=red\|size=M` |
//! | `media` | `https://…\|https://…` |
//! | `published` | `true` or `false` |
//! | `on_hand` | `100` at the first location, or `london=100\|leeds=20` |
//!
//! In values, `\|` stands for `|` and `\\` for `\`. An empty cell says nothing about its field.

use crate::rows::{RawRow, Row};
use kernel::csv::{self, Unreadable};
use kernel::{Currency, Money};
use serde_json::{Map, Value, json};

/// The columns, in the order in which they are written. They may be read in any order; some may be left out.
const COLUMNS: [&str; 11] = [
    "sku",
    "product",
    "title",
    "description",
    "category",
    "attributes",
    "media",
    "prices",
    "tax_class",
    "published",
    "on_hand",
];
/// Those that may not.
const NEEDED: [&str; 4] = ["sku", "title", "prices", "published"];

/// Reads a sheet with a heading; the text says why it is none.
pub fn read(text: &str) -> Result<Vec<RawRow>, String> {
    let mut lines = csv::read(text).map_err(|unreadable: Unreadable| unreadable.to_string())?.into_iter();
    let heading = lines.next().ok_or("it is empty; the first line names the columns")?;
    let heading: Vec<String> = heading.iter().map(|name| name.trim().to_lowercase()).collect();
    if let Some(unknown) = heading.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        let unknown: String = unknown.chars().take(40).collect();
        return Err(format!("there is no column {unknown:?}; columns are {}", COLUMNS.join(", ")));
    }
    if let Some(twice) = (1..heading.len()).find(|n| heading[..*n].contains(&heading[*n])) {
        return Err(format!("the column {} stands there twice", heading[twice]));
    }
    if let Some(missing) = NEEDED.iter().find(|name| !heading.iter().any(|column| column == *name)) {
        return Err(format!("the column {missing} is missing"));
    }
    Ok(lines.map(|cells| row(&heading, &cells)).collect())
}

fn row(heading: &[String], cells: &[String]) -> RawRow {
    let mut row = RawRow::default();
    if cells.len() != heading.len() {
        let reason = format!("{} cells under {} columns", cells.len(), heading.len());
        row.wrong.insert(".".to_owned(), reason);
    }
    for (column, cell) in heading.iter().zip(cells.iter().map(|cell| cell.trim())) {
        match value(column, cell) {
            Ok(Value::Null) => {}
            Ok(value) => drop(row.fields.insert(column.clone(), value)),
            Err(reason) => drop(row.wrong.insert(column.clone(), reason)),
        }
    }
    row
}

/// What a cell says, as a JSON row would say it.
fn value(column: &str, cell: &str) -> Result<Value, String> {
    if cell.is_empty() {
        return Ok(Value::Null);
    }
    Ok(match column {
        "prices" => split(cell).iter().map(|price| money(price)).collect::<Result<Vec<Value>, _>>()?.into(),
        "media" => split(cell).into(),
        "attributes" => pairs(cell, |text| Ok(text.into()))?,
        "on_hand" if cell.contains('=') => pairs(cell, units)?,
        "on_hand" => units(cell)?,
        "published" => match cell.to_lowercase().as_str() {
            "true" | "yes" | "1" => true.into(),
            "false" | "no" | "0" => false.into(),
            _ => return Err(format!("true or false is expected, this is {cell}")),
        },
        _ => cell.into(),
    })
}

fn pairs(cell: &str, value: impl Fn(&str) -> Result<Value, String>) -> Result<Value, String> {
    let mut object = Map::new();
    for pair in split(cell) {
        let (name, text) = pair.split_once('=').ok_or_else(|| format!("name=value is expected, this is {pair}"))?;
        if object.insert(name.trim().to_owned(), value(text.trim())?).is_some() {
            return Err(format!("{name} occurs twice"));
        }
    }
    Ok(object.into())
}

fn units(text: &str) -> Result<Value, String> {
    let units: Result<i64, _> = text.parse();
    units.map(Value::from).map_err(|_| format!("a whole number is expected, this is {text}"))
}

/// `2.55 GBP` as money. No floats: 2.55 has no exact one.
fn money(text: &str) -> Result<Value, String> {
    let bad = || format!("a price like 2.55 GBP is expected, with a point, this is {text}");
    let (amount, currency) = text.trim().split_once(' ').ok_or_else(bad)?;
    let currency: Currency = currency.trim().parse()?;
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let decimals = usize::from(currency.decimals());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || (amount.ends_with('.')) {
        return Err(bad());
    }
    if fraction.len() > decimals {
        return Err(format!("{currency} has {decimals} decimals, this is {text}"));
    }
    let minor: i64 = format!("{whole}{fraction:0<decimals$}").parse().map_err(|_| bad())?;
    Ok(json!({ "amount_minor": minor, "currency": currency }))
}

/// The parts of a cell between `|`; `\|` and `\\` are no ends of parts.
fn split(cell: &str) -> Vec<String> {
    let (mut parts, mut escaped) = (vec![String::new()], false);
    for c in cell.chars() {
        match (c, parts.last_mut()) {
            ('\\', _) if !escaped => {
                escaped = true;
                continue;
            }
            ('|', _) if !escaped => parts.push(String::new()),
            (c, Some(part)) => part.push(c),
            (_, None) => {}
        }
        escaped = false;
    }
    parts
}

fn join(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.map(|part| part.replace('\\', "\\\\").replace('|', "\\|")).collect();
    parts.join("|")
}

/// Writes a sheet with its heading.
pub fn write(rows: &[Row]) -> String {
    let mut text = String::new();
    csv::write_line(&mut text, COLUMNS);
    for row in rows {
        csv::write_line(&mut text, COLUMNS.map(|column| cell(row, column)));
    }
    text
}

fn cell(row: &Row, column: &str) -> String {
    let details = &row.details;
    match column {
        "sku" => row.sku.to_string(),
        "product" => details.product.as_ref().map(ToString::to_string).unwrap_or_default(),
        "title" => details.title.as_str().to_owned(),
        "description" => details.description.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default(),
        "category" => details.category.as_ref().map(ToString::to_string).unwrap_or_default(),
        "attributes" => join(details.attributes.iter().map(|(name, value)| format!("{name}={value}"))),
        "media" => join(details.media.iter().map(|link| link.as_str().to_owned())),
        "prices" => join(details.prices.as_slice().iter().map(Money::to_string)),
        "tax_class" => details.tax_class.name().to_owned(),
        "published" => details.published.to_string(),
        "on_hand" => join(row.on_hand.iter().map(|(location, units)| format!("{location}={units}"))),
        _ => String::new(),
    }
}
