//! `cargo dev bench start`: how long functions take from exec to their first `/next`, and what they weigh then,
//! beside the function that most people write (`scripts/bench-stock`).
//!
//! All of them take turns within one run, so that whatever else the machine does meets them alike.

use super::runtime_api::RuntimeApi;
use super::{median, milliseconds, resident_kb, succeed};
use crate::{Options, Outcome};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ours: one behind HTTP, one behind a queue, one behind a stream (which also has the client of the topics).
const OURS: [&str; 3] = ["place-order", "reserve-stock", "relay-orders"];
/// Builds all functions as the deployment does.
const FUNCTIONS: &str = "source scripts/lib.sh; cargo build --release --quiet $(function_packages) --bins";
/// The stock function's workspace, and where it is built.
const STOCK: &str = "scripts/bench-stock/Cargo.toml";
const STOCK_TARGET: &str = "target/bench-stock";
/// How many times faster than the stock function ours must be.
const FASTER: f64 = 3.5;
/// How much memory ours may take, in kB as the kernel counts them.
const RESIDENT_KB: u64 = 10 * 1024;
/// Runs that only fill the page cache.
const WARM_UPS: usize = 3;
/// How long a function is left alone before it is weighed: it has asked, now it goes to sleep.
const SETTLE: Duration = Duration::from_millis(20);

/// Measures, prints, judges.
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["runs"])?;
    let runs = options.get("runs", 40usize)?.max(30);
    // The very binaries that the deployment takes.
    succeed(Command::new("bash").args(["-euc", FUNCTIONS]))?;
    succeed(crate::cargo().args([
        "build",
        "--release",
        "--quiet",
        "--manifest-path",
        STOCK,
        "--target-dir",
        STOCK_TARGET,
    ]))?;
    let mut all = vec![Measured::of("stock", "target/bench-stock/release/bench-stock".into())?];
    for name in OURS {
        all.push(Measured::of(name, Path::new("target/release").join(name))?);
    }
    let api = RuntimeApi::start()?;
    for round in 0..WARM_UPS + runs {
        for function in &mut all {
            let (took, resident) = start(&function.binary, &api)?;
            if round >= WARM_UPS {
                function.starts.push(took);
                function.resident_kb = function.resident_kb.max(resident);
            }
        }
    }
    report(&all, runs)
}

/// A function and what was measured of it.
struct Measured {
    name: &'static str,
    binary: PathBuf,
    bytes: usize,
    /// What Lambda keeps and loads: deflated, as in a zip.
    zipped: usize,
    starts: Vec<Duration>,
    /// The most of all runs.
    resident_kb: u64,
}

impl Measured {
    fn of(name: &'static str, binary: PathBuf) -> Result<Self, String> {
        let content = std::fs::read(&binary).map_err(|error| format!("{}: {error}", binary.display()))?;
        let mut zip = DeflateEncoder::new(Vec::new(), Compression::default());
        let zipped = zip.write_all(&content).and_then(|()| zip.finish()).map_err(|error| error.to_string())?;
        Ok(Self {
            name,
            binary,
            bytes: content.len(),
            zipped: zipped.len(),
            starts: Vec::new(),
            resident_kb: 0,
        })
    }
}

/// Starts a function once: how long until it asked for work, and its resident memory in kB while it waits.
#[allow(clippy::disallowed_methods, reason = "this is what is measured")]
fn start(binary: &Path, api: &RuntimeApi) -> Result<(Duration, u64), String> {
    let mut command = Command::new(binary);
    environment(&mut command, &api.address);
    let before = Instant::now();
    let child = command.spawn();
    let child = Stopped(child.map_err(|error| format!("{}: {error}", binary.display()))?);
    let waiting = api.next().map_err(|reason| format!("{}: {reason}", binary.display()))?;
    std::thread::sleep(SETTLE);
    Ok((waiting.since - before, resident_kb(&child.0.id().to_string(), "VmRSS")?))
}

/// A process that ends with us, whatever goes wrong.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// What Lambda tells a function, the same for all, and nothing else.
fn environment(command: &mut Command, runtime_api: &str) {
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.envs([
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "not-a-secret"),
        ("AWS_SESSION_TOKEN", "not-a-token"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("TABLE", "bench"),
        ("TOPIC", "arn:aws:sns:us-east-1:000000000000:bench"),
        ("EPOCH", "1"),
        ("ISSUER", "https://issuer.example/"),
        ("AUDIENCE", "yarmarka"),
    ]);
}

#[allow(clippy::print_stdout, reason = "this is a command line")]
fn report(all: &[Measured], runs: usize) -> Outcome {
    println!("from exec to the first /next, {runs} runs each, in turns:\n");
    println!("                 median       min    faster   resident      size    zipped");
    let stock = all.first().map(|stock| median(stock.starts.clone())).unwrap_or_default();
    let mut missed = Vec::new();
    for function in all {
        let taken = median(function.starts.clone());
        let ratio = stock.as_secs_f64() / taken.as_secs_f64();
        println!(
            "{:<14} {:>6.2} ms {:>6.2} ms {ratio:>7.2} × {:>7.2} MB {:>6.2} MB {:>6.2} MB",
            function.name,
            milliseconds(taken),
            function.starts.iter().min().copied().map_or(0.0, milliseconds),
            function.resident_kb as f64 / 1024.0,
            function.bytes as f64 / (1024.0 * 1024.0),
            function.zipped as f64 / (1024.0 * 1024.0),
        );
        let ours = OURS.contains(&function.name);
        if ours && (ratio < FASTER || function.resident_kb > RESIDENT_KB) {
            missed.push(function.name);
        }
    }
    let bar = format!("at least {FASTER} × faster than stock, at most {} MB resident", RESIDENT_KB / 1024);
    match missed.as_slice() {
        [] => {
            println!("\nall of ours: {bar}");
            Ok(())
        }
        missed => Err(format!("\nmissed by {}: {bar}", missed.join(", "))),
    }
}
