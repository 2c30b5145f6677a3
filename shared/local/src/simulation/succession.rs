//! What was written over what: whoever writes has seen what stood there, and replicas only get newer.

use crate::plane::StreamRecord;
use serde_json::Value;
use std::collections::BTreeMap;

/// Kinds of items that mirror another one of their context: whoever writes that writes them too, under its condition.
const MIRRORS: [(&str, &str); 1] = [("matching", "entry#")];

/// Every item as it was last written.
#[derive(Default)]
pub(super) struct Succession {
    items: BTreeMap<String, Written>,
}

struct Written {
    version: u64,
    /// Of a replica: the stamp of the snapshot.
    source: u128,
}

impl Succession {
    /// The next change of a context's table; what is wrong with it.
    pub fn next(&mut self, context: &str, record: &StreamRecord) -> Option<String> {
        let change = &record.record["dynamodb"];
        let (pk, sk) = (text(&change["Keys"]["pk"]["S"]), text(&change["Keys"]["sk"]["S"]));
        if MIRRORS.iter().any(|(of, kind)| *of == context && sk.starts_with(kind)) {
            return None;
        }
        let key = format!("{context}/{pk}/{sk}");
        let image = &change["NewImage"];
        if image.is_null() {
            self.items.remove(&key);
            return None;
        }
        let (version, source) = (number(&image["v"]["N"]), number(&image["src"]["N"]));
        let new = Written { version: u64::try_from(version).unwrap_or(u64::MAX), source };
        let old = self.items.get(&key).map_or((0, 0), |old| (old.version, old.source));
        let is_right = match source {
            0 => new.version == old.0 + 1,
            source => source > old.1,
        };
        let wrong = (!is_right).then(|| {
            let (from, to) = (old.0, new.version);
            format!("{key} was written over by who had not seen it: version {to} ({source}) over {from} ({})", old.1)
        });
        self.items.insert(key, new);
        wrong
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> u128 {
    text(value).parse().unwrap_or_default()
}
