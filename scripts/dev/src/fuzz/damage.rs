//! Damage: to bytes, to text, and to JSON with its shape kept elsewhere.

use local::simulation::Random;
use serde_json::{Map, Value, json};

/// How long a text gets that is too long for whatever it stands for.
const LONG: usize = 70_000;
/// How deep a nesting goes that is too deep.
const DEEP: usize = 200;
/// What parsers stumble over.
const ODD: [&str; 16] = [
    "",
    " ",
    "\u{0}",
    "\u{feff}",
    "\u{202e}gnp",
    "ы",
    "e\u{301}",
    "😀",
    "\"",
    "\\",
    "../..",
    "%00",
    "{}",
    "null",
    "-0",
    "99999999999999999999",
];

/// Bytes with something wrong with them.
pub fn bytes(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match random.below(8) {
        0 => bytes.truncate(random.below(bytes.len() + 1)),
        1 => {
            let (from, to) = (random.below(bytes.len() + 1), random.below(bytes.len() + 1));
            let piece = bytes[from.min(to)..from.max(to)].to_vec();
            let at = random.below(bytes.len() + 1);
            bytes.splice(at..at, piece);
        }
        2 => {
            let at = random.below(bytes.len() + 1);
            bytes.splice(at..at, ODD[random.below(ODD.len())].bytes());
        }
        3 => bytes = (0..random.below(64)).map(|_| random.next_u64().to_le_bytes()[0]).collect(),
        _ => {
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    bytes
}

/// Text with something wrong with it; still text, as whatever reaches a function is.
pub fn text(random: &mut Random, text: &str) -> String {
    match random.below(100) {
        0..9 => ODD[random.below(ODD.len())].repeat(1 + random.below(3)),
        9 => ODD[random.below(ODD.len())].repeat(LONG),
        _ => String::from_utf8_lossy(&bytes(random, text.as_bytes())).into_owned(),
    }
}

/// JSON of which one value, somewhere, is another one. JSON within a text counts as part of it.
pub fn json(random: &mut Random, value: &Value) -> Value {
    let mut damaged = value.clone();
    let mut left = random.below(count(value));
    change(random, &mut damaged, &mut left);
    damaged
}

/// How many values there are, this one and those within it.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        Value::String(text) => nested(text).map_or(0, |inner| count(&inner)),
        _ => 0,
    }
}

/// The JSON that a text holds.
fn nested(text: &str) -> Option<Value> {
    let looks = text.starts_with(['{', '[']);
    looks.then(|| serde_json::from_str(text).ok()).flatten()
}

/// Changes the value that is `left` values further; whether it was in here.
fn change(random: &mut Random, value: &mut Value, left: &mut usize) -> bool {
    if *left == 0 {
        *value = other(random, value);
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| change(random, item, left)),
        Value::Object(fields) => fields.values_mut().any(|field| change(random, field, left)),
        Value::String(text) => match nested(text) {
            Some(mut inner) => {
                let changed = change(random, &mut inner, left);
                if changed {
                    *text = inner.to_string();
                }
                changed
            }
            None => false,
        },
        _ => false,
    }
}

/// Something else in place of a value: mostly of the same kind.
fn other(random: &mut Random, value: &Value) -> Value {
    if random.chance(25) {
        return any(random);
    }
    match value {
        Value::String(before) => Value::String(text(random, before)),
        Value::Number(_) => number(random),
        Value::Array(items) => array(random, items),
        Value::Object(fields) => object(random, fields),
        Value::Bool(before) => Value::Bool(!before),
        Value::Null => any(random),
    }
}

fn number(random: &mut Random) -> Value {
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(0.5),
        json!(-0.0),
        json!(1e308),
        json!(1_000_000_000_000_000_i64),
        json!(4_294_967_296_i64),
    ];
    numbers[random.below(numbers.len())].clone()
}

fn array(random: &mut Random, items: &[Value]) -> Value {
    let mut items = items.to_vec();
    match random.below(20) {
        0..6 => items.clear(),
        6..12 => drop(items.pop()),
        12..19 => items.extend(items.first().cloned()),
        _ => items = items.iter().cycle().take(items.len() * 1_100).cloned().collect(),
    }
    Value::Array(items)
}

fn object(random: &mut Random, fields: &Map<String, Value>) -> Value {
    let mut fields = fields.clone();
    let names: Vec<String> = fields.keys().cloned().collect();
    let name = names.get(random.below(names.len())).cloned().unwrap_or_default();
    match random.below(4) {
        0 => drop(fields.remove(&name)),
        1 => drop(fields.insert(ODD[random.below(ODD.len())].to_owned(), any(random))),
        2 => drop(fields.insert(format!("{name}_"), any(random))),
        _ => {
            let value = fields.remove(&name).unwrap_or_default();
            let other = names.get(random.below(names.len())).cloned().unwrap_or_default();
            fields.insert(other, value);
        }
    }
    Value::Object(fields)
}

fn any(random: &mut Random) -> Value {
    match random.below(7) {
        0 => Value::Null,
        1 => Value::Bool(random.chance(50)),
        2 => number(random),
        3 => Value::String(ODD[random.below(ODD.len())].to_owned()),
        4 => json!([]),
        5 => json!({}),
        _ => (0..DEEP).fold(json!(1), |inner, _| json!([inner])),
    }
}
