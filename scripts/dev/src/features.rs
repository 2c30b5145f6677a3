//! `cargo dev features`: which features of the crates that matter reach a function.
//!
//! One crate that asks for a feature turns it on for every function: the operating system's certificates, a second
//! HTTP stack, tools' descriptions. So a change of `scripts/features.snapshot` is a decision, to be seen in a review.

use crate::{Options, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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
    let edges = ["--edges", "normal,features", "--prefix", "none"];
    let found = snapshot(&tree(&edges, &packages()?)?);
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
    let twice = compiled_twice()?;
    if !twice.is_empty() {
        return Err(format!(
            "tests ask these crates for more than functions do, and would compile them again:\n{}\n\
             name the features in shared/workspace-hack/Cargo.toml",
            twice.join("\n")
        ));
    }
    println!("{} crates have the features of {}", found.lines().count(), file.display());
    Ok(())
}

/// Crates that the tests have with other features than the functions. The project's own are meant to differ: functions
/// go without what only describes them.
fn compiled_twice() -> Result<Vec<String>, String> {
    let format = ["--prefix", "none", "--format", "{p}: {f}"];
    let functions = tree(&[&["--edges", "normal,build,no-proc-macro"][..], &format].concat(), &packages()?)?;
    let tests =
        tree(&[&["--edges", "normal,build,dev,no-proc-macro"][..], &format].concat(), &["--workspace".to_owned()])?;
    let foreign = |tree: &str| -> BTreeSet<String> {
        let lines = tree.lines().map(|line| line.trim_end_matches(" (*)").to_owned());
        lines.filter(|line| !line.is_empty() && !line.contains('/')).collect()
    };
    Ok(foreign(&functions).difference(&foreign(&tests)).cloned().collect())
}

/// What cargo builds into the functions: features of tests stay with the tests, but for those of the hack.
fn packages() -> Result<Vec<String>, String> {
    let contexts = std::fs::read_dir("functions").map_err(|error| format!("functions: {error}"))?;
    let mut packages = vec!["--package=workspace-hack".to_owned()];
    for context in contexts {
        let name = context.map_err(|error| error.to_string())?.file_name();
        packages.push(format!("--package={}", name.to_string_lossy()));
    }
    Ok(packages)
}

fn tree(options: &[&str], packages: &[String]) -> Result<String, String> {
    let output = crate::cargo()
        .arg("tree")
        .args(options)
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
