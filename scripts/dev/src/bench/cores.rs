//! `cargo dev bench match` and `cargo dev bench codec`: algorithms on real data, held to their bars.

use super::succeed;
use crate::Outcome;
use std::time::Instant;

/// Matching, replayed. It is given a clock: the core itself looks at none.
#[allow(clippy::disallowed_methods, reason = "decisions a second are measured here")]
pub(super) fn matching(arguments: &[String]) -> Outcome {
    let begun = Instant::now();
    matching_core::replay::bench::run(arguments, &|| begun.elapsed(), &mut std::io::stdout())?;
    // The same question asked of the table.
    let test = [
        "test",
        "--quiet",
        "--release",
        "--workspace",
        "--test",
        "matching-tests",
        "--",
    ];
    let among = "cost::a_match_reads_the_same_among_a_million_workers_that_are_stored";
    succeed(crate::cargo().args(test).args(["--ignored", "--nocapture", "--exact", among]))
}

/// The codec of readings beside others, which are a workspace of their own: nothing here links them.
pub(super) fn codec(arguments: &[String]) -> Outcome {
    let manifest = [
        "--manifest-path",
        "scripts/bench-codec/Cargo.toml",
        "--target-dir",
        "target/bench-codec",
    ];
    let command = arguments.first().map_or("bench", String::as_str);
    let rest = arguments.get(1..).unwrap_or_default();
    succeed(crate::cargo().args(["run", "--quiet", "--release"]).args(manifest).args(["--", command]).args(rest))
}
