//! `cargo dev manifest`: everything that is generated from the functions' signatures. Generated files are committed;
//! a test fails when they are stale.

mod asyncapi;
mod catalogue;
mod manifest;
mod openapi;
mod samples;

use crate::{Options, Outcome};
use platform::describe::Description;
use platform::{Function, Index};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A context with what its functions declare.
pub struct Described {
    /// The context.
    pub name: &'static str,
    /// Its table's indexes.
    pub indexes: Vec<Index>,
    /// Its functions.
    pub functions: Vec<(Function, Description)>,
}

/// Every context, described.
pub fn describe() -> Vec<Described> {
    let mut described = Vec::new();
    for context in simulation::contexts() {
        let functions = context.functions.into_iter().map(|function| {
            let mut description = Description::default();
            (function.describe)(&mut description);
            (function, description)
        });
        described.push(Described {
            name: context.name,
            indexes: context.indexes,
            functions: functions.collect(),
        });
    }
    described
}

/// Every generated file, by its path in the project.
pub fn files() -> Result<BTreeMap<PathBuf, String>, String> {
    let contexts = describe();
    let mut files = BTreeMap::new();
    let mut add = |path: &str, value: &Value| -> Result<(), String> {
        let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
        files.insert(PathBuf::from(path), text + "\n");
        Ok(())
    };
    add("infra/manifest.json", &manifest::manifest(&contexts))?;
    add("events/openapi.json", &openapi::openapi(&contexts)?)?;
    add("events/asyncapi.json", &asyncapi::asyncapi(&contexts))?;
    for (kind, schema) in asyncapi::schemas(&contexts) {
        add(&schema_path(&kind), &schema)?;
    }
    for (function, sample) in samples::samples(&contexts)? {
        add(&format!("events/samples/{function}.json"), &sample)?;
    }
    files.insert(PathBuf::from("docs/functions.md"), catalogue::catalogue(&contexts)?);
    Ok(files)
}

/// `orders.order-placed.v1` is described in `events/schemas/orders/order-placed.v1.json`.
fn schema_path(kind: &str) -> String {
    format!("events/schemas/{}.json", kind.replacen('.', "/", 1))
}

/// Writes the files, or with `--check yes` says which ones are stale.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let check = Options::read(arguments, &["check"])?.has("check");
    let files = files()?;
    let stale: Vec<&PathBuf> = files
        .iter()
        .filter(|(path, text)| std::fs::read_to_string(path).ok().as_ref() != Some(*text))
        .map(|(path, _)| path)
        .collect();
    let orphans = orphans(&files)?;
    if check {
        return match (stale.first(), orphans.first()) {
            (None, None) => Ok(()),
            (Some(path), _) => Err(format!("{} is stale: run cargo dev manifest", path.display())),
            (None, Some(path)) => Err(format!("{} belongs to nothing: run cargo dev manifest", path.display())),
        };
    }
    for path in &orphans {
        std::fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    for path in &stale {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(path, &files[*path]))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    println!("{} files are generated, {} of them changed, {} removed", files.len(), stale.len(), orphans.len());
    Ok(())
}

/// Schemas and samples of things that are no more.
fn orphans(files: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>, String> {
    let mut orphans = Vec::new();
    let mut folders = vec![PathBuf::from("events/schemas"), PathBuf::from("events/samples")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if !files.contains_key(&path) {
                orphans.push(path);
            }
        }
    }
    orphans.sort();
    Ok(orphans)
}
