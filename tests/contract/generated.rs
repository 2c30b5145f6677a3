//! What is generated is committed as it would be generated now.

use crate::{files_below, project};
use std::path::Path;

#[test]
fn generated_files_are_fresh() {
    for (path, text) in dev::generate::files().unwrap() {
        let committed = std::fs::read_to_string(project(&path)).unwrap_or_default();
        assert!(committed == text, "{} is stale: run cargo dev manifest", path.display());
    }
}

#[test]
fn every_schema_and_sample_belongs_to_something() {
    let files = dev::generate::files().unwrap();
    for folder in ["events/schemas", "events/samples"] {
        for file in files_below(folder) {
            let path = Path::new(folder).join(file);
            assert!(files.contains_key(&path), "{} belongs to nothing: run cargo dev manifest", path.display());
        }
    }
}

#[test]
fn nothing_is_broken_that_clients_and_consumers_rely_on() {
    let committed = std::fs::read_to_string(project("events/promises.txt")).unwrap();
    let broken = dev::generate::broken_promises(&committed, &dev::generate::files().unwrap());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
