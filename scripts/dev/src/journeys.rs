//! `cargo dev journeys`: the HTTP journeys against whatever answers at an address.

use crate::{Options, Outcome};
use journeys::Api;

/// Runs every journey and says how each went.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["url", "issuer", "skus"])?;
    let local = "http://127.0.0.1:8787".to_owned();
    let (url, issuer) = (options.get("url", local.clone())?, options.get("issuer", local)?);
    let outcomes = journeys::all(&Api::new(&url, &issuer), options.get("skus", 120)?);
    let (mut passed, mut failed) = (0, 0);
    for (name, outcome) in outcomes {
        match outcome {
            Ok(()) => {
                passed += 1;
                println!("test {name} ... ok");
            }
            Err(reason) => {
                failed += 1;
                println!("test {name} ... FAILED\n  {reason}");
            }
        }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {verdict}. {passed} passed; {failed} failed; 0 ignored");
    if failed == 0 { Ok(()) } else { Err(format!("{failed} journeys failed at {url}")) }
}
