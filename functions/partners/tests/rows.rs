//! The domain of imports: rows and sheets, which report of a client counts, chunks.

use kernel::{ImportId, Timestamp};
use partners::client::{Client, Effect};
use partners::import::{Import, Origin, Tally};
use partners::row::{self, ClientRow, Rows};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What is read of rows that come at 2026-01-05T08:00Z.
fn read(rows: &[Value]) -> Rows {
    row::read(rows, Timestamp::from_millis(1_767_600_000_000))
}

fn wrong(value: Value) -> Vec<(String, String)> {
    let rows = read(&[value]);
    assert_eq!((rows.good.len(), rows.refused), (0, 1));
    rows.errors.into_iter().map(|error| (error.field, error.reason)).collect()
}

fn good() -> Value {
    json!({
        "id": "HCB-1", "email": " anna@example.com ", "phone": "+44 (20) 7946-0000", "locale": "ru",
        "time_zone": "europe/moscow", "updated_at": "2026-01-04T15:00:00+03:00", "name": "Anna", "age": 7,
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut row = good();
    row[field] = value;
    row
}

#[test]
fn a_row_is_read_and_what_else_it_says_is_passed_over() {
    let rows = read(&[good()]);
    let [row] = &rows.good[..] else {
        panic!("{:?}", rows.errors)
    };
    assert_eq!(row.email.as_deref(), Some("anna@example.com"));
    assert_eq!(row.phone.as_deref(), Some("+442079460000"));
    assert_eq!(row.time_zone.as_str(), "Europe/Moscow");
    assert_eq!(row.updated_at.to_string(), "2026-01-04T12:00:00.000Z");
    let sparse = json!({ "id": "2", "phone": "+442079460000", "email": null, "updated_at": "2026-01-04T12:00:00Z" });
    let sparse = read(&[sparse]).good.remove(0);
    assert_eq!((sparse.locale.name(), sparse.time_zone.as_str(), sparse.email), ("en", "UTC", None));
}

#[test]
fn everything_that_is_wrong_with_a_row_is_named_and_never_quoted() {
    for (row, field) in [
        (with("id", json!("")), "id"),
        (with("id", json!("a b")), "id"),
        (with("id", json!("x".repeat(101))), "id"),
        (with("id", json!(7)), "id"),
        (with("id", Value::Null), "id"),
        (with("email", json!("secretname")), "email"),
        (with("email", json!("a@b@c.example")), "email"),
        (with("email", json!("a b@example.com")), "email"),
        (with("email", json!(format!("{}@example.com", "a".repeat(250)))), "email"),
        (with("email", json!(["secretname"])), "email"),
        (with("phone", json!("12345678")), "phone"),
        (with("phone", json!("+0123456789")), "phone"),
        (with("phone", json!("+1234567890123456")), "phone"),
        (with("locale", json!("fr")), "locale"),
        (with("time_zone", json!("Mars/Olympus")), "time_zone"),
        (with("updated_at", json!("secretname")), "updated_at"),
        (with("updated_at", Value::Null), "updated_at"),
        (json!("secretname"), "."),
        (json!(["secretname"]), "."),
        (json!({ "id": "1", "updated_at": "2026-01-04T12:00:00Z" }), "email"),
    ] {
        let errors = wrong(row.clone());
        assert_eq!(errors.len(), 1, "{row}: {errors:?}");
        assert_eq!(errors[0].0, field, "{row}");
        assert!(!errors[0].1.contains("secretname"), "{errors:?}");
    }
    let all =
        wrong(json!({ "id": " ", "email": "x", "phone": "x", "locale": "x", "time_zone": "x", "updated_at": "x" }));
    let fields: Vec<&str> = all.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["id", "email", "phone", "locale", "time_zone", "updated_at"]);
}

#[test]
fn a_time_of_change_in_the_future_is_refused_unless_a_clock_may_say_so() {
    for time in [
        "2026-01-05T08:00:00Z",
        "2026-01-05T08:05:00Z",
        "2026-01-05T11:05:00+03:00",
    ] {
        assert_eq!(read(&[with("updated_at", json!(time))]).good.len(), 1, "{time}");
    }
    for time in [
        "2026-01-05T08:05:00.001Z",
        "2026-01-05T11:00:00Z",
        "2099-01-01T00:00:00Z",
    ] {
        let errors = wrong(with("updated_at", json!(time)));
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].0, "updated_at");
        assert!(errors[0].1.contains("in the future") && errors[0].1.contains("send the row again"), "{errors:?}");
    }
}

#[test]
fn of_several_rows_about_one_client_the_newest_counts() {
    let at = |time: &str, email: &str| json!({ "id": "A", "email": email, "updated_at": format!("2026-01-04T{time}:00:00Z") });
    let rows = read(&[
        at("10", "old@example.com"),
        at("12", "new@example.com"),
        at("11", "late@example.com"),
    ]);
    assert_eq!(rows.good.len(), 1);
    assert_eq!(rows.good[0].email.as_deref(), Some("new@example.com"));
    assert_eq!((rows.count, rows.refused), (3, 2));
    let named: Vec<u32> = rows.errors.iter().map(|error| error.row).collect();
    assert_eq!(named, [1, 3]);
    // Of the same time, the last one.
    let rows = read(&[at("10", "one@example.com"), at("10", "two@example.com")]);
    assert_eq!(rows.good[0].email.as_deref(), Some("two@example.com"));
}

#[test]
fn a_sheet_says_the_same_as_objects() {
    let text = "\u{feff}name,ID,email,updated_at,phone\r\nAnna,A,anna@example.com,2026-01-04T12:00:00Z,\r\n\
                \"Bo, \"\"B\"\"\",B,,2026-01-04T12:00:00Z,+442079460000\r\nshort,C\r\n";
    let rows = read(&row::sheet(text).unwrap());
    let ids: Vec<&str> = rows.good.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["A", "B"]);
    assert_eq!((rows.errors[0].row, rows.errors[0].field.as_str()), (3, "."));
    for (text, reason) in [
        ("", "empty"),
        ("email,updated_at\na@b.c,2026\n", "column id"),
        ("id,email\nA,a@b.c\n", "column updated_at"),
        ("id,id,updated_at\n", "twice"),
        ("id;updated_at\n", "semicolons"),
        ("id,updated_at\n\"A,B\n", "quote"),
    ] {
        let refused = row::sheet(text).unwrap_err();
        assert!(refused.contains(reason), "{refused}");
    }
}

fn report(hour: u8, email: u8) -> Client {
    let row = json!({
        "id": "A", "email": format!("{email}@example.com"), "updated_at": format!("2026-01-04T{hour:02}:00:00Z"),
    });
    Client::of("happy-cat-box", read(&[row]).good.remove(0))
}

/// What is here after these reports, in this order; and how often it was written.
fn after(reports: &[Client]) -> (Option<Client>, usize) {
    let (mut here, mut writes) = (None, 0);
    for report in reports {
        if matches!(report.effect(here.as_ref()), Effect::Created | Effect::Changed) {
            here = Some(report.clone());
            writes += 1;
        }
    }
    (here, writes)
}

proptest! {
    #[test]
    fn reports_in_any_order_any_number_of_times_have_the_same_end(
        reports in prop::collection::vec((0u8..6, 0u8..4), 1..12),
        order in any::<prop::sample::Index>(),
    ) {
        let reports: Vec<Client> = reports.into_iter().map(|(hour, email)| report(hour, email)).collect();
        let (end, _) = after(&reports);
        let mut other = reports.clone();
        other.rotate_left(order.index(reports.len()));
        other.reverse();
        other.extend(reports.clone());
        prop_assert_eq!(&after(&other).0, &end);
        let newest = reports.iter().map(|report| report.updated_at).max();
        prop_assert_eq!(end.as_ref().map(|end| end.updated_at), newest);
        // What is here already is never written again.
        let again: Vec<Client> = end.iter().cloned().chain(reports).collect();
        prop_assert_eq!(after(&again).1, 1);
    }

    #[test]
    fn whatever_comes_every_row_is_either_good_or_refused(values in prop::collection::vec(any_row(), 0..20)) {
        let rows = read(&values);
        prop_assert_eq!(rows.good.len() + rows.refused as usize, values.len());
        prop_assert!(rows.errors.iter().all(|error| (1..=values.len() as u32).contains(&error.row)));
        let mut ids: Vec<_> = rows.good.iter().map(|row| row.id.clone()).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), rows.good.len());
    }

    #[test]
    fn a_sheet_never_panics(text in "[a-z,\"\r\n]{0,60}") {
        if let Ok(rows) = row::sheet(&text) {
            read(&rows);
        }
    }
}

fn any_row() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(json!("A")),
        Just(json!("a@example.com")),
        Just(json!("+442079460000")),
        Just(json!("2026-01-04T12:00:00Z")),
        Just(json!(1)),
        Just(Value::Null),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let name = prop::sample::select(vec!["id", "email", "phone", "locale", "time_zone", "updated_at", "x"]);
    prop::collection::btree_map(name, text, 0..7).prop_map(|fields| {
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<serde_json::Map<_, _>>()
            .into()
    })
}

fn rows(count: usize) -> Rows {
    let values: Vec<Value> = (0..count)
        .map(|n| json!({ "id": format!("C{n}"), "email": "a@example.com", "updated_at": "2026-01-04T12:00:00Z" }))
        .collect();
    read(&values)
}

#[test]
fn an_import_is_cut_into_chunks_that_hold_every_client_once() {
    let now = Timestamp::from_millis(0);
    for (count, chunks) in [(0, 0), (1, 1), (100, 1), (101, 2), (1000, 10)] {
        let (import, parts) = Import::of(ImportId::from_bits(1), Origin::Webhook, "r", rows(count), now);
        assert_eq!((parts.len(), usize::from(import.chunks)), (chunks, chunks));
        let clients: Vec<&ClientRow> = parts.iter().flat_map(|part| &part.clients).collect();
        assert_eq!(clients.len(), count);
        assert!(parts.iter().all(|part| part.done(Tally::default()).clients.is_empty()));
    }
}

#[test]
fn an_import_names_the_first_errors_and_counts_the_others() {
    let bad: Vec<Value> = (0..1000).map(|_| json!({ "id": "?" })).collect();
    let (import, _) = Import::of(ImportId::from_bits(1), Origin::Pull, "r", read(&bad), Timestamp::from_millis(0));
    assert_eq!((import.rows, import.refused, import.errors.len()), (1000, 1000, 200));
    assert_eq!(import.more_errors, 1000 * 3 - 200);
}
