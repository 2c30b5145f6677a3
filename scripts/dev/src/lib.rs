//! The project's own tool, `cargo dev …`: runs the embedded cloud, generates what is generated, simulates, measures.

mod answers;
pub mod bench;
pub mod cost;
pub mod crashes;
pub mod demo;
pub mod features;
pub mod fuzz;
pub mod generate;
pub mod journeys;
pub mod load_products;
pub mod mutants;
pub mod package;
pub mod payouts;
mod retail;
pub mod sandbox;
pub mod simulate;
pub mod symbols;
pub mod token;
pub mod up;

use std::collections::BTreeMap;
use std::process::Command;

/// Where `cargo dev up` answers unless told otherwise.
pub const LOCAL: &str = "http://127.0.0.1:8787";

/// What went wrong, in words for the person at the terminal.
pub type Outcome = Result<(), String>;

/// The cargo that runs us.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// `--name value` pairs of the command line.
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// Reads them; everything must be a pair whose name is one of `known`.
    pub fn read(arguments: &[String], known: &[&str]) -> Result<Self, String> {
        let mut options = BTreeMap::new();
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let name = name.strip_prefix("--").filter(|name| known.contains(name));
            let name = name.ok_or_else(|| format!("options are: {}", known.join(", --")))?;
            let value = rest.next().ok_or_else(|| format!("--{name} needs a value"))?;
            options.insert(name.to_owned(), value.clone());
        }
        Ok(Self(options))
    }

    /// The value of `name`, or `default`.
    pub fn get<T: std::str::FromStr>(&self, name: &str, default: T) -> Result<T, String> {
        match self.0.get(name) {
            Some(text) => text.parse().map_err(|_| format!("--{name}: {text} cannot be read")),
            None => Ok(default),
        }
    }

    /// Whether `name` was given.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}
