//! What is published about the system (schemas, samples, generated files, the list of functions) held against what the
//! system does.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod authorization;
mod billing;
mod binaries;
mod buying;
mod events;
mod generated;
mod hiring;
mod inhabitants;
mod jobs;
mod matching;
mod partnering;
mod paying;
mod people;
mod samples;
mod sensors;
mod services;
mod supplies;
mod training;

use serde_json::Value;
use std::path::{Path, PathBuf};

/// A path in the project.
fn project(path: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A JSON file of the project.
fn json_file(path: impl AsRef<Path>) -> Value {
    let path = project(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the files in a folder and the folders below it, relative to the folder.
fn files_below(folder: &str) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(project(folder).join(&below)).unwrap() {
            let entry = entry.unwrap();
            let name = below.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(name);
            } else {
                files.push(name);
            }
        }
    }
    files.sort();
    files
}
