//! `cargo dev manifest`: everything that is generated from the functions' signatures. Generated files are committed;
//! a test fails when they are stale.

mod asyncapi;
mod catalogue;
mod manifest;
mod openapi;
mod promises;
pub mod samples;

use crate::{Options, Outcome};
use platform::describe::Description;
use platform::{Function, Index};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
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
    let openapi = openapi::openapi(&contexts)?;
    add("events/openapi.json", &openapi)?;
    add("events/asyncapi.json", &asyncapi::asyncapi(&contexts))?;
    let events = asyncapi::schemas(&contexts);
    for (kind, schema) in &events {
        add(&schema_path(kind), schema)?;
    }
    for (function, sample) in samples::samples(&contexts)? {
        add(&format!("events/samples/{function}.json"), &sample)?;
    }
    let promises: Vec<String> = promises::promises(&openapi, &events).into_iter().collect();
    files.insert(PathBuf::from(PROMISES), promises.join("\n") + "\n");
    files.insert(PathBuf::from("docs/functions.md"), catalogue::catalogue(&contexts)?);
    Ok(files)
}

/// What clients and consumers rely on.
const PROMISES: &str = "events/promises.txt";

/// What of the committed promises would be broken by what is generated now.
pub fn broken_promises(committed: &str, files: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let lines = |text: &str| -> BTreeSet<String> { text.lines().map(str::to_owned).collect() };
    let now = files.get(Path::new(PROMISES)).map(|text| lines(text)).unwrap_or_default();
    promises::broken(&lines(committed), &now)
}

/// What the schema of an event promises, or asks for, line by line.
pub fn event_lines(kind: &str, schema: &Value) -> BTreeSet<String> {
    promises::promises(&Value::Null, &BTreeMap::from([(kind.to_owned(), schema.clone())]))
}

/// `orders.order-placed.v1` is described in `events/schemas/orders/order-placed.v1.json`.
fn schema_path(kind: &str) -> String {
    format!("events/schemas/{}.json", kind.replacen('.', "/", 1))
}

/// Writes the files, or with `--check yes` says which ones are stale. What breaks clients or consumers is written only
/// with `--breaking yes`.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["check", "breaking"])?;
    let check = options.has("check");
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
    let broken = broken_promises(&std::fs::read_to_string(PROMISES).unwrap_or_default(), &files);
    if !broken.is_empty() && !options.has("breaking") {
        let way = "give the route or the event a new version, or say that nobody uses it yet: cargo dev manifest --breaking yes";
        return Err(format!("this breaks clients or consumers:\n{}\n{way}", broken.join("\n")));
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
