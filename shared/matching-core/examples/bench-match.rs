//! The replay with its bars, alone: `cargo run --release -p matching-core --example bench-match`.

use std::process::ExitCode;
use std::time::Instant;

#[allow(clippy::disallowed_methods, reason = "this is what is measured")]
fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let begun = Instant::now();
    match matching_core::replay::bench::run(&arguments, &|| begun.elapsed(), &mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(missed) => {
            eprintln!("{missed}");
            ExitCode::FAILURE
        }
    }
}
