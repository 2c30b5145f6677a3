//! Tables on disk stay as quick as they were when they were empty. No clock is asked: what is held is that no query
//! of the stream's log scans it, and that the log does not grow.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use kernel::Role;
use local::stage::Stage;
use local::testing::caller;
use rusqlite::Connection;
use serde_json::json;
use std::path::{Path, PathBuf};

/// How many orders are placed.
const ORDERS: usize = 2_000;
/// How many of them before their events are delivered.
const BATCH: usize = 50;
/// How many records the log of a table may keep: its relay reads 100 at a time, and the last stays.
const KEPT: usize = 100;

/// dynoxide's queries of its stream log, word for word (`storage.rs`): the next number of each streamed write, the
/// read of `GetRecords`; and our own that trims it (`tables.rs`).
const QUERIES: [&str; 3] = [
    "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1",
    "SELECT event_name, keys_json, new_image, old_image, sequence_number, created_at, user_identity, event_id
     FROM _stream_records
     WHERE table_name = ?1 AND shard_id = ?2 AND CAST(sequence_number AS INTEGER) > ?3
     ORDER BY CAST(sequence_number AS INTEGER) ASC
     LIMIT ?4",
    "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
];

#[test]
fn no_query_scans_the_stream_log() {
    let manifest = include_str!("../../../Cargo.toml");
    assert!(
        manifest.contains("dynoxide-rs = { version = \"=3.2.0\""),
        "another dynoxide may ask in other words: look its queries up, then change QUERIES and this line"
    );
    let folder = Folder::new("queries");
    let _stage = Stage::on_disk(vec![catalog::context(), orders::context()], &folder.0).unwrap();
    for context in ["catalog", "orders"] {
        let table = open(&folder.0, context);
        for query in QUERIES {
            let plan = plan(&table, query);
            assert!(plan.contains("USING") && plan.contains("INDEX stream_log_order (table_name=?"), "{query}: {plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
        }
        table.execute_batch("DROP INDEX stream_log_order").unwrap();
        assert!(plan(&table, QUERIES[1]).contains("SCAN"), "without the index this test would see it");
    }
}

#[test]
fn the_stream_log_does_not_grow_with_the_orders() {
    let folder = Folder::new("growth");
    let stage = Stage::on_disk(vec![catalog::context(), orders::context()], &folder.0).unwrap();
    let logs = [open(&folder.0, "catalog"), open(&folder.0, "orders")];
    stock_shelves(&stage);
    for batch in 0..ORDERS / BATCH {
        for n in 0..BATCH {
            place(&stage, batch * BATCH + n);
        }
        stage.settle().unwrap();
        for log in &logs {
            let kept: usize = log.query_row("SELECT COUNT(*) FROM _stream_records", [], |row| row.get(0)).unwrap();
            assert!(kept <= KEPT, "{kept} records after {} orders", (batch + 1) * BATCH);
        }
    }
    assert_eq!(stage.cloud.plane().waiting_until(stage.now()), 0);
}

fn stock_shelves(stage: &Stage) {
    let manager = caller(0, Role::Manager);
    for sku in ["SKU-0", "SKU-1"] {
        let prices = json!([{ "amount_minor": 100, "currency": "GBP" }]);
        let product = json!({ "title": "HOLDER", "prices": prices, "published": true });
        let set = stage.ask("set-product").by(&manager).at(sku).send(&product);
        assert_eq!(set.status_code, 200, "{}", set.body);
        let set = stage.ask("set-stock").by(&manager).at(sku).send(&json!({ "on_hand": 1_000_000 }));
        assert_eq!(set.status_code, 200, "{}", set.body);
    }
    stage.settle().unwrap();
}

fn place(stage: &Stage, n: usize) {
    let order = json!({
        "lines": [{ "sku": "SKU-0", "quantity": 1 }, { "sku": "SKU-1", "quantity": 2 }],
        "address": { "name": "Maria Petrova", "street": "221B Baker Street", "city": "London", "postcode": "NW1 6XE", "country": "GB" },
        "expected_total": { "amount_minor": 300, "currency": "GBP" },
    });
    let key = format!("the-key-of-order-number-{n}");
    let placed = stage.ask("place-order").by(&caller(n as u128 % 10, Role::Customer)).key(&key).send(&order);
    assert_eq!(placed.status_code, 201, "{}", placed.body);
}

fn open(folder: &Path, context: &str) -> Connection {
    Connection::open(folder.join(format!("{context}.sqlite"))).unwrap()
}

/// How SQLite goes about a query.
fn plan(table: &Connection, query: &str) -> String {
    let mut explained = table.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
    let parameters = explained.parameter_count();
    let steps = explained
        .query_map(rusqlite::params_from_iter(vec![1; parameters]), |row| row.get("detail"))
        .unwrap();
    steps.collect::<Result<Vec<String>, _>>().unwrap().join("; ")
}

/// A folder that goes when the test ends: in memory where the system has such, for a disk would only be slow.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let folder = parent.join(format!("yarmarka-stream-log-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
