//! What is written and read, beside what the library makes of it; and what is refused.

use super::*;
use crate::Blob;
use crate::table::writer::ItemWriter;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
enum Outside {
    Unit,
    Newtype(Named),
    Tuple(i64, String),
    Struct { a: Option<u8>, b: bool },
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    One { n: u64, rest: Vec<Named> },
    Other,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
struct Named(String);

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct All {
    text: String,
    letter: char,
    numbers: (u64, i64, u8, f64),
    yes: bool,
    bytes: Blob,
    no_bytes: Option<Blob>,
    nothing: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    absent: Option<u32>,
    twice: Option<Option<Named>>,
    unit: (),
    outside: Vec<Outside>,
    tagged: Vec<Tagged>,
    map: BTreeMap<Named, BTreeMap<u32, Vec<bool>>>,
    #[serde(flatten)]
    flat: Flat,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Flat {
    x: i32,
    y: Vec<String>,
}

fn all() -> All {
    All {
        text: "\"quoted\", \\ back, новое\nline \u{1F9E3}".to_owned(),
        letter: 'ш',
        numbers: (u64::MAX, i64::MIN, 7, 2.5),
        yes: true,
        bytes: Blob((0..=255).collect()),
        no_bytes: None,
        nothing: None,
        absent: None,
        twice: Some(Some(Named(String::new()))),
        unit: (),
        outside: vec![
            Outside::Unit,
            Outside::Newtype(Named("n".to_owned())),
            Outside::Tuple(-1, "t".to_owned()),
            Outside::Struct { a: Some(255), b: false },
            Outside::Struct { a: None, b: true },
        ],
        tagged: vec![Tagged::One { n: 3, rest: vec![Named("r".to_owned())] }, Tagged::Other],
        map: BTreeMap::from([(Named("k".to_owned()), BTreeMap::from([(4, vec![true, false]), (5, Vec::new())]))]),
        flat: Flat { x: -3, y: vec!["a".to_owned()] },
    }
}

#[test]
fn whatever_is_written_is_read_as_the_library_reads_it() {
    let item: serde_dynamo::Item = serde_dynamo::to_item(all()).unwrap();
    let theirs = serde_json::to_string(&item).unwrap();
    let ours = ItemWriter::of(&all()).unwrap().end().unwrap();
    assert_eq!(read::<All>(&theirs).unwrap(), all());
    assert_eq!(read::<All>(ours.get()).unwrap(), all());
    assert_eq!(serde_json::from_str::<serde_dynamo::Item>(ours.get()).unwrap(), item, "{}", ours.get());
}

#[test]
fn what_is_no_item_is_not_written() {
    assert!(ItemWriter::of(&[1]).is_err() && ItemWriter::of(&"text").is_err());
    assert!(ItemWriter::of(&BTreeMap::from([("x", f64::NAN)])).is_err());
    let nothing = ItemWriter::of(&BTreeMap::<String, u8>::new()).unwrap();
    let item = nothing.with("a", "\"").unwrap().with_list("l", [r#"{"N":"1"}"#, r#"{"BOOL":true}"#]).end().unwrap();
    assert_eq!(item.get(), r#"{"a":{"S":"\""},"l":{"L":[{"N":"1"},{"BOOL":true}]}}"#);
}

#[test]
fn attributes_that_nobody_asks_for_may_be_anything() {
    let json = r#"{"x": {"N": "1"}, "ss": {"SS": ["a"]}, "b": {"B": "AA=="}, "y": {"L": []}, "m": {"M": {"z": {"NULL": true}}}}"#;
    assert_eq!(read::<Flat>(json).unwrap(), Flat { x: 1, y: Vec::new() });
}

#[test]
fn what_does_not_fit_is_refused() {
    for json in [
        "",
        "[]",
        "{}",
        r#"{"x": 1, "y": {"L": []}}"#,
        r#"{"x": {}, "y": {"L": []}}"#,
        r#"{"x": {"N": 1}, "y": {"L": []}}"#,
        r#"{"x": {"N": "one"}, "y": {"L": []}}"#,
        r#"{"x": {"N": "3000000000"}, "y": {"L": []}}"#,
        r#"{"x": {"S": "1"}, "y": {"L": []}}"#,
        r#"{"x": {"N": "1", "S": "1"}, "y": {"L": []}}"#,
        r#"{"x": {"N": "1"}, "y": {"L": ["a"]}}"#,
        r#"{"x": {"N": "1"}, "y": {"L": [{"S": "a"}]}"#,
        r#"{"x": {"NULL": true}, "y": {"L": []}}"#,
    ] {
        assert!(read::<Flat>(json).is_err(), "{json}");
    }
    for json in [
        r#"{"o": {"N": "1"}}"#,
        r#"{"o": {"S": "None"}}"#,
        r#"{"o": {"M": {}}}"#,
        r#"{"o": {"M": {"None": {"S": ""}}}}"#,
    ] {
        assert!(read::<BTreeMap<String, Outside>>(json).is_err(), "{json}");
    }
}

#[test]
fn an_items_names_are_those_of_its_own_fields() {
    #[derive(Serialize)]
    struct Odd {
        plain: BTreeMap<String, Named>,
        #[serde(rename = "with {brackets}")]
        odd: Vec<Option<Named>>,
        r#enum: Outside,
    }
    let odd = Odd {
        plain: BTreeMap::from([("by".to_owned(), Named("\"v\": {".to_owned()))]),
        odd: vec![None, Some(Named("\\\"".to_owned()))],
        r#enum: Outside::Struct { a: Some(1), b: true },
    };
    let names = ["plain", "with {brackets}", "enum"];
    assert_eq!(ItemWriter::of(&odd).unwrap().names(), names);
}

#[test]
fn a_field_that_is_called_like_an_attribute_of_ours_is_refused() {
    use crate::table::item::refuse_taken;
    for name in ["by", "pk", "sk", "v", "outbox", "src", "log"] {
        let fields = BTreeMap::from([(name, 1), ("count", 2)]);
        let refused = refuse_taken("thing", ItemWriter::of(&fields).unwrap().names()).unwrap_err();
        assert!(refused.to_string().contains(&format!("the field {name} of thing")), "{refused}");
    }
    let nested = BTreeMap::from([("closed", BTreeMap::from([("by", 1), ("v", 2)]))]);
    assert!(refuse_taken("thing", ItemWriter::of(&nested).unwrap().names()).is_ok(), "further in it may be");
}
