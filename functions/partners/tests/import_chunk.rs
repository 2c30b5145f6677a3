//! Chunks of imports: worked off once, whatever happens in between; and the sweeper behind it.

use crate::support::*;
use contracts::partners::ChunkStored;
use kernel::ImportId;
use local::stage::Stage;
use local::testing::{event, item, reports_only_what_it_cannot_read};
use partners::import::Chunk;
use partners::store::chunk_key;
use serde_json::Value;

fn clients(count: u32) -> Vec<Value> {
    (0..count).map(|n| row(&format!("C{n:02}"), &format!("{n}@example.com"), 1)).collect()
}

/// The import of the only webhook: from what is announced.
fn stored(stage: &Stage) -> ChunkStored {
    let relayed = announced(stage).into_iter().find(|(kind, _)| kind == "partners.chunk-stored.v1");
    serde_json::from_value(relayed.expect("a chunk was announced").1).unwrap()
}

/// A stage with a chunk of twelve clients that nobody worked off, and its event.
fn with_chunk() -> (Stage, ChunkStored) {
    // What the event says is learned from another stage: the same webhook makes the same import.
    let other = shop();
    webhook(&other, "hcb_1", &clients(12));
    let stored = stored(&other);
    let stage = shop();
    webhook(&stage, "hcb_1", &clients(12));
    stage.calls();
    (stage, stored)
}

fn chunk(stage: &Stage, import: ImportId) -> Chunk {
    item(stage, "partners", &chunk_key(import, 0)).unwrap()
}

#[test]
fn what_a_chunk_held_of_people_is_forgotten_when_it_is_done() {
    let (stage, stored) = with_chunk();
    assert_eq!(chunk(&stage, stored.import).clients.len(), 12);
    assert!(stage.deliver("import-chunk", &event(&stage, &stored, 1, 1)));
    let done = chunk(&stage, stored.import);
    assert_eq!((done.clients.len(), done.waiting, done.due), (0, None, None));
    assert_eq!(done.done.unwrap().created, 12);
    stage.calls();
    assert!(stage.deliver("import-chunk", &event(&stage, &stored, 1, 1)));
    assert!(!stage.calls().iter().any(|call| call.operation == "PutItem"), "it is done");
}

#[test]
fn ended_anywhere_the_next_delivery_finishes_it() {
    let (_, stored) = with_chunk();
    let deliver = |stage: &Stage| stage.deliver("import-chunk", &event(stage, &stored, 1, 1));
    ended_at_each_call(
        || with_chunk().0,
        deliver,
        |stage| {
            assert!(deliver(stage));
            let tally = chunk(stage, stored.import).done.unwrap();
            assert_eq!(tally.created + tally.unchanged, 12);
            stage.calls();
            let mut announced = imported(stage);
            announced.sort();
            announced.dedup();
            assert_eq!(announced.len(), 12);
        },
    );
}

#[test]
fn what_nobody_worked_off_is_found_by_the_sweeper() {
    let (stage, stored) = with_chunk();
    assert!(stage.start("sweep-imports"));
    assert!(chunk(&stage, stored.import).done.is_none(), "there is still time");
    stage.pass(MINUTE * 16);
    assert!(stage.start("sweep-imports"));
    assert!(chunk(&stage, stored.import).done.is_some());
    stage.calls();
    assert!(stage.start("sweep-imports"));
    assert!(!stage.calls().iter().any(|call| call.operation == "PutItem"), "nothing waits");
}

#[test]
fn it_reports_only_what_it_cannot_read() {
    let (stage, stored) = with_chunk();
    reports_only_what_it_cannot_read(&stage, "import-chunk", &event(&stage, &stored, 1, 1));
    let missing = ChunkStored { number: 9, ..stored };
    assert!(!stage.deliver("import-chunk", &event(&stage, &missing, 1, 2)), "it goes to the dead letters");
}
