//! `cargo dev features`: which features of the crates that matter reach a function.
//!
//! One crate that asks for a feature turns it on for every function: the operating system's certificates, a second
//! HTTP stack, tools' descriptions. So a change of `scripts/features.snapshot` is a decision, to be seen in a review.

use crate::{Options, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

/// Crates that the start, the size or the behaviour of every function depends on, by the beginnings of their names.
const WATCHED: [&str; 8] = [
    "aws-",
    "aws_",
    "h2",
    "hyper",
    "lambda_runtime",
    "platform",
    "rustls",
    "tokio",
];

/// Compares them with the snapshot, or writes it anew.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["write", "file"])?;
    let file: PathBuf = options.get("file", PathBuf::from("scripts/features.snapshot"))?;
    let problem = |error: std::io::Error| format!("{}: {error}", file.display());
    let found = snapshot(&tree()?);
    if options.has("write") {
        std::fs::write(&file, &found).map_err(problem)?;
    }
    let expected = std::fs::read_to_string(&file).map_err(problem)?;
    let changes = changes(&expected, &found);
    if !changes.is_empty() {
        return Err(format!(
            "features of the functions have changed:\n{}\nif that is meant: cargo dev features --write yes",
            changes.join("\n")
        ));
    }
    println!("{} crates have the features of {}", found.lines().count(), file.display());
    Ok(())
}

/// What cargo builds into the functions.
fn tree() -> Result<String, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Features of tests stay with the tests: not those of development dependencies.
    let contexts = std::fs::read_dir("functions").map_err(|error| format!("functions: {error}"))?;
    let mut packages = Vec::new();
    for context in contexts {
        let name = context.map_err(|error| error.to_string())?.file_name();
        packages.extend(["--package".to_owned(), name.to_string_lossy().into_owned()]);
    }
    let output = Command::new(cargo)
        .args(["tree", "--edges", "normal,features", "--prefix", "none"])
        .args(packages)
        .output()
        .map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// One line for each watched crate: `tokio: net, rt, time`. Versions are the lock file's business.
fn snapshot(tree: &str) -> String {
    let mut crates: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let Some(name) = words.next().filter(|name| WATCHED.iter().any(|watched| name.starts_with(watched))) else {
            continue;
        };
        let features = crates.entry(name).or_default();
        if words.next() == Some("feature") {
            features.extend(words.next().map(|feature| feature.trim_matches('"')));
        }
    }
    let line = |(name, features): (&str, BTreeSet<&str>)| {
        let features: Vec<&str> = features.into_iter().collect();
        format!("{name}: {}\n", features.join(", ")).replace(": \n", ":\n")
    };
    crates.into_iter().map(line).collect()
}

/// Lines that went (`-`) and came (`+`).
fn changes(expected: &str, found: &str) -> Vec<String> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (expected, found) = (lines(expected), lines(found));
    let gone = expected.difference(&found).map(|line| format!("- {line}"));
    gone.chain(found.difference(&expected).map(|line| format!("+ {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::{changes, snapshot};

    #[test]
    fn a_tree_becomes_a_line_a_crate() {
        let tree = "orders v0.1.0 (/here)\ntokio feature \"time\"\ntokio v1.0.0\n\ntokio feature \"rt\" (*)\nserde v1.0.0\nhyper v1.0.0\n";
        assert_eq!(snapshot(tree), "hyper:\ntokio: rt, time\n");
    }

    #[test]
    fn a_change_shows_both_sides() {
        assert_eq!(changes("hyper:\ntokio: rt\n", "hyper:\ntokio: rt\n"), Vec::<String>::new());
        assert_eq!(changes("tokio: rt\n", "tokio: full, rt\n"), ["- tokio: rt", "+ tokio: full, rt"]);
    }
}
