//! `cargo dev bench …`: what only a clock can tell, measured on this machine. Tests never look at a clock.

pub mod build;
mod cores;
mod runtime_api;
pub mod start;
pub mod writes;

use crate::Outcome;
use std::process::Command;
use std::time::Duration;

/// Runs one benchmark. What misses its bar is an error.
pub fn run(arguments: &[String]) -> Outcome {
    let which = arguments.first().map(String::as_str);
    let rest = arguments.get(1..).unwrap_or_default();
    match which {
        Some("start") => start::run(rest),
        Some("build") => build::run(rest),
        Some("writes") => writes::run(rest),
        Some("match") => cores::matching(rest),
        Some("codec") => cores::codec(rest),
        _ => Err("cargo dev bench start | build | writes | match | codec".to_owned()),
    }
}

/// The middle of these.
fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The cargo that runs us.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command to its end; its output is the user's to see.
fn succeed(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
