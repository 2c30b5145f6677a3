//! `cargo dev bench …`: what only a clock can tell, measured on this machine. Tests never look at a clock.

pub mod build;
mod cores;
mod ledger;
mod load;
mod processor;
mod runtime_api;
pub mod sensors;
pub mod start;
pub mod writes;

use crate::Outcome;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// Runs one benchmark. What misses its bar is an error.
pub fn run(arguments: &[String]) -> Outcome {
    let which = arguments.first().map(String::as_str);
    let rest = arguments.get(1..).unwrap_or_default();
    match which {
        Some("start") => start::run(rest),
        Some("build") => build::run(rest),
        Some("ledger") => ledger::run(rest),
        Some("load") => load::run(rest),
        Some("writes") => writes::run(rest),
        Some("match") => cores::matching(rest),
        Some("codec") => cores::codec(rest),
        Some("sensors") => sensors::run(rest),
        _ => Err("cargo dev bench start | build | ledger | load | writes | match | codec | sensors".to_owned()),
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

/// Runs a command to its end; its output is the user's to see.
fn succeed(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

/// Memory of a process (an id, or `self`) in kB as the kernel counts it: `VmRSS` now, `VmHWM` the most so far.
fn resident_kb(process: &str, what: &str) -> Result<u64, String> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok())
        .ok_or_else(|| format!("{path} has no {what}"))
}

/// A folder that goes when the measurement ends: in memory where the system has such. Waiting for a disk takes the same
/// time at every step, and would hide what does not.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, String> {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let folder = parent.join(format!("yarmarka-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is in the folder for temporary files.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
