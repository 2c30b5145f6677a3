//! The domain of rows and sheets: comma-separated values, the cells of a product, what is wrong with a row.

use crate::support::{locations, sku};
use catalog::rows::{self, RawRow, Reading, Row, RowError};
use catalog::sheet;
use kernel::csv::{self, Unreadable};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read_json(rows: &[Value]) -> Vec<Reading> {
    rows::read(rows.iter().cloned().map(RawRow::of), &locations("main leeds"))
}

fn read_sheet(text: &str) -> Vec<Reading> {
    rows::read(sheet::read(text).unwrap(), &locations("main leeds"))
}

fn good(n: usize) -> Value {
    json!({
        "sku": sku(n),
        "title": "Scarf",
        "prices": [{ "amount_minor": 255, "currency": "GBP" }],
        "published": true,
    })
}

fn errors(reading: &Reading) -> Vec<(u32, String, String)> {
    let errors = reading.as_ref().err().into_iter().flatten();
    errors.map(|RowError { row, field, reason, .. }| (*row, field.clone(), reason.clone())).collect()
}

proptest! {
    #[test]
    fn what_one_writes_the_other_reads(sheet in prop::collection::vec(prop::collection::vec("[a,\"\r\n ;я|]{0,5}", 2..5), 1..6)) {
        let mut sheet = sheet;
        sheet.insert(0, vec!["a".to_owned(), "b".to_owned()]);
        let mut ours = String::new();
        let mut theirs = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for line in &sheet {
            csv::write_line(&mut ours, line);
            theirs.write_record(line).unwrap();
        }
        let theirs = String::from_utf8(theirs.into_inner().unwrap()).unwrap();
        prop_assert_eq!(csv::read(&theirs), Ok(sheet.clone()));
        prop_assert_eq!(csv::read(&ours), Ok(sheet.clone()));
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(ours.as_bytes());
        let back: Vec<Vec<String>> = reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect();
        prop_assert_eq!(back, sheet);
    }

    #[test]
    fn any_text_is_a_sheet_or_is_refused(text in "[a,\"\r\n;\t ]{0,40}") {
        if let Ok(sheet) = csv::read(&text) {
            prop_assert!(sheet.iter().all(|line| !line.is_empty()));
        }
    }

    #[test]
    fn a_row_comes_back_from_a_sheet_as_it_went(row in row()) {
        let reading = read_sheet(&sheet::write(std::slice::from_ref(&row)));
        prop_assert_eq!(reading, vec![Ok(row.clone())]);
        let json = serde_json::to_value(&row).unwrap();
        prop_assert_eq!(read_json(&[json]), vec![Ok(row)]);
    }
}

/// Any row that there can be.
fn row() -> impl Strategy<Value = Row> {
    let text = "[a-zа-я0-9,;|\\\\\"'=#<>&🧣-][ a-zа-я0-9,;|\\\\\"'=#<>&🧣-]{0,20}[a-z|\\\\]";
    let prose = "[a-z|\\\\,\"][a-z \n|\\\\,\"]{0,40}[a-z]";
    let money = prop::sample::subsequence(vec!["GBP", "EUR", "RUB", "JPY", "KWD"], 1..5);
    (
        (
            text,
            prop::option::of(prose),
            prop::option::of("[A-Z0-9._-]{1,40}"),
            prop::option::of("[a-z0-9][a-z0-9-]{0,20}"),
        ),
        prop::collection::btree_map("[a-z][a-z0-9-]{0,10}", text, 0..5),
        prop::collection::vec("https://a/[a-z|\\\\,;=\"]{0,10}", 0..4),
        (money, 0..1_000_000_000u32),
        (prop::sample::select(vec!["standard", "reduced", "zero"]), any::<bool>()),
        prop::collection::btree_map(prop::sample::select(vec!["main", "leeds"]), 0..1_000_000u32, 0..3),
    )
        .prop_map(
            |(
                (title, description, product, category),
                attributes,
                media,
                (currencies, amount),
                (tax_class, published),
                on_hand,
            )| {
                let prices: Vec<Value> =
                    currencies.iter().map(|currency| json!({ "amount_minor": amount, "currency": currency })).collect();
                let row = json!({
                    "sku": sku(1), "title": title, "description": description, "product": product, "category": category,
                    "attributes": attributes, "media": media, "prices": prices, "tax_class": tax_class,
                    "published": published, "on_hand": on_hand,
                });
                read_json(&[row]).remove(0).unwrap()
            },
        )
}

#[test]
fn sheets_as_spreadsheets_save_them_are_read() {
    let expected = vec![
        vec!["sku".to_owned(), "title".to_owned()],
        vec!["A".to_owned(), "x, \"y\"\r\nz".to_owned()],
    ];
    for text in [
        "sku,title\nA,\"x, \"\"y\"\"\r\nz\"",
        "\u{feff}sku,title\r\nA,\"x, \"\"y\"\"\r\nz\"\r\n",
        "\"sku\",\"title\"\r\rA,\"x, \"\"y\"\"\r\nz\"\r",
        "sku,title\n\n\nA,\"x, \"\"y\"\"\r\nz\"\n\n",
    ] {
        assert_eq!(csv::read(text), Ok(expected.clone()), "{text:?}");
    }
    assert_eq!(csv::read("a,b\n,\n"), Ok(vec![vec!["a".into(), "b".into()], vec![String::new(), String::new()]]));
    assert_eq!(csv::read(""), Ok(vec![]));
}

#[test]
fn sheets_of_another_make_are_refused_with_advice() {
    for (text, expected, advice) in [
        ("sku;title\nA;x\n", Unreadable::Separator("semicolons"), "with commas"),
        ("sku\ttitle\nA\tx\n", Unreadable::Separator("tabs"), "with commas"),
        ("a,b\nx\"y,z\n", Unreadable::Quote(2), "line 2"),
        ("a,b\n\"x\"y,z\n", Unreadable::Quote(2), "line 2"),
        ("a,b\n1,2\n\"x,z\n3,4\n", Unreadable::Quote(3), "line 3"),
    ] {
        let refused = csv::read(text).unwrap_err();
        assert_eq!(refused, expected, "{text:?}");
        assert!(refused.to_string().contains(advice), "{refused}");
    }
}

#[test]
fn a_heading_names_known_columns_once_and_all_that_are_needed() {
    for (text, reason) in [
        ("", "empty"),
        ("sku,title,prices\n", "published is missing"),
        ("title,prices,published\n", "sku is missing"),
        ("sku,title,prices,published,colour\n", "no column \"colour\""),
        ("sku,title,prices,published,SKU\n", "sku stands there twice"),
        ("sku,title,prices,published,\n", "no column \"\""),
        ("A,Scarf,2.55 GBP,true\n", "no column \"a\""),
    ] {
        let refused = sheet::read(text).unwrap_err();
        assert!(refused.contains(reason), "{text:?}: {refused}");
    }
    let rows = read_sheet("Published, TITLE ,sku,Prices\ntrue,Scarf,A,2.55 GBP\n");
    assert_eq!(rows[0].as_ref().unwrap().sku.as_str(), "A");
}

#[test]
fn cells_say_what_a_json_row_says() {
    let text = "sku,title,description,product,category,attributes,media,prices,tax_class,published,on_hand\r\n\
        A,Scarf,\"Warm.\n\nRed.\",P,scarves,colour=red|size= M ,https://a/1|https://a/2,2.55 GBP|3 EUR|500 JPY|1.234 KWD,reduced,YES,100\r\n\
        B,Scarf,,,,,,0.5 GBP,,0,main=1|leeds=2\r\n";
    let json = [
        json!({
            "sku": "A", "title": "Scarf", "description": "Warm.\n\nRed.", "product": "P", "category": "scarves",
            "attributes": { "colour": "red", "size": "M" }, "media": ["https://a/1", "https://a/2"],
            "prices": [
                { "amount_minor": 255, "currency": "GBP" }, { "amount_minor": 300, "currency": "EUR" },
                { "amount_minor": 500, "currency": "JPY" }, { "amount_minor": 1234, "currency": "KWD" },
            ],
            "tax_class": "reduced", "published": true, "on_hand": 100,
        }),
        json!({
            "sku": "B", "title": "Scarf", "prices": [{ "amount_minor": 50, "currency": "GBP" }], "published": false,
            "on_hand": { "leeds": 2, "main": 1 },
        }),
    ];
    let rows = read_sheet(text);
    assert_eq!(rows, read_json(&json));
    assert!(rows.iter().all(Result::is_ok), "{rows:?}");
}

#[test]
fn everything_that_is_wrong_with_a_row_is_named_by_its_field() {
    for (field, value, named) in [
        ("sku", json!("a b"), "sku"),
        ("sku", json!("export"), "sku"),
        ("sku", json!(null), "sku"),
        ("sku", json!(7), "sku"),
        ("title", json!(""), "title"),
        ("title", json!("я".repeat(201)), "title"),
        ("description", json!("a\u{0}"), "description"),
        ("product", json!("a/b"), "product"),
        ("category", json!("Garden"), "category"),
        ("attributes", json!({ "colour": 1 }), "attributes.colour"),
        ("attributes", json!(["red"]), "attributes"),
        ("media", json!(["https://a", "http://a"]), "media[1]"),
        ("prices", json!([]), "prices"),
        ("prices", json!([{ "amount_minor": 2.55, "currency": "GBP" }]), "prices[0].amount_minor"),
        ("prices", json!([{ "amount_minor": 1, "currency": "GBP" }, { "amount_minor": 1 }]), "prices[1]"),
        ("prices", json!([{ "amount_minor": 1, "currency": "GBP", "tax": 1 }]), "prices[0].tax"),
        ("tax_class", json!("luxury"), "tax_class"),
        ("published", json!("yes"), "published"),
        ("published", json!(null), "published"),
        ("on_hand", json!(-1), "on_hand"),
        ("on_hand", json!("7"), "on_hand"),
        ("on_hand", json!({ "main": -1 }), "on_hand.main"),
        ("on_hand", json!({ "paris": 1 }), "on_hand.paris"),
        ("colour", json!("red"), "colour"),
    ] {
        let mut row = good(1);
        row[field] = value.clone();
        let errors = errors(&read_json(&[row])[0]);
        assert_eq!(errors.len(), 1, "{field} = {value}: {errors:?}");
        assert_eq!(errors[0].1, named, "{field} = {value}: {errors:?}");
    }
    let mut row = good(1);
    row["title"] = json!("");
    row["published"] = json!(1);
    row["colour"] = json!("red");
    let read = read_json(&[good(2), row, json!([1]), json!("x")]);
    let fields: Vec<_> = read.iter().flat_map(errors).map(|(row, field, _)| (row, field)).collect();
    let expected = [(2, "colour"), (2, "published"), (2, "title"), (3, "."), (4, ".")];
    assert_eq!(fields, expected.map(|(row, field)| (row, field.to_owned())));
    assert!(read[0].is_ok(), "a good row stays good beside bad ones");
    assert_eq!(read[1].as_ref().unwrap_err()[0].sku.as_deref(), Some("SKU-0001"), "it is named as it is written");
}

#[test]
fn cells_that_say_nothing_readable_are_named_by_their_column() {
    for (column, cell) in [
        ("prices", "2.55"),
        ("prices", "2,55 GBP"),
        ("prices", "2.555 GBP"),
        ("prices", "2. GBP"),
        ("prices", "-1 GBP"),
        ("prices", "£2.55"),
        ("prices", "1e3 GBP"),
        ("prices", ".5 GBP"),
        ("prices", "99999999999999999999 GBP"),
        ("prices", "2.55 XXX"),
        ("prices", "5.00 JPY"),
        ("published", "maybe"),
        ("attributes", "red"),
        ("attributes", "colour=red|colour=blue"),
        ("on_hand", "many"),
        ("on_hand", "1.5"),
        ("on_hand", "main=x"),
        ("on_hand", "main=1|main=2"),
    ] {
        let cells: Vec<String> = ["sku", "title", "prices", "published", "attributes", "on_hand"]
            .map(|name| match name {
                name if name == column => cell.to_owned(),
                "sku" => "A".to_owned(),
                "title" => "Scarf".to_owned(),
                "prices" => "1 GBP".to_owned(),
                "published" => "true".to_owned(),
                _ => String::new(),
            })
            .to_vec();
        let mut text = "sku,title,prices,published,attributes,on_hand\r\n".to_owned();
        csv::write_line(&mut text, cells);
        let errors = errors(&read_sheet(&text)[0]);
        assert_eq!(errors.len(), 1, "{column} = {cell}: {errors:?}");
        assert_eq!(errors[0].1, column, "{cell}: {errors:?}");
    }
    let cells = read_sheet("sku,title,prices,published\nA,Scarf,1 GBP\nB,Scarf,1 GBP,true,5\nC,Scarf,1 GBP,true\n");
    assert_eq!(errors(&cells[0]), [(1, ".".to_owned(), "3 cells under 4 columns".to_owned())]);
    assert_eq!(errors(&cells[1]), [(2, ".".to_owned(), "5 cells under 4 columns".to_owned())]);
    assert!(cells[2].is_ok());
}

#[test]
fn a_sku_that_stands_in_the_file_twice_is_wrong_the_second_time() {
    let mut broken = good(2);
    broken["title"] = json!("");
    let read = read_json(&[good(1), broken, good(1), good(2), good(1)]);
    let found: Vec<_> = read.iter().flat_map(errors).filter(|(_, field, _)| field == "sku").collect();
    let stands = |row: u32, first: u32| (row, "sku".to_owned(), format!("it stands in row {first} already"));
    assert_eq!(found, [stands(3, 1), stands(4, 2), stands(5, 1)]);
    assert!(read[0].is_ok());
}

#[test]
fn what_a_report_repeats_is_bounded() {
    let mut row = good(1);
    row["x".repeat(10_000)] = json!("y".repeat(10_000));
    row["sku"] = json!("z".repeat(10_000));
    row["tax_class"] = json!("t".repeat(10_000));
    for RowError { sku, field, reason, .. } in read_json(&[row])[0].as_ref().unwrap_err() {
        assert!(sku.as_ref().is_some_and(|sku| sku.len() <= 200) && field.len() <= 200 && reason.len() <= 200);
    }
}
