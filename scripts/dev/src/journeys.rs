//! `cargo dev journeys`: the HTTP journeys against whatever answers at an address.

use crate::{Options, Outcome};
use journeys::{Api, Scale, Site};

/// Runs every journey and says how each went. A deployment has its mailbox and payment provider at addresses of their
/// own: `--mail`, `--stripe`.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["url", "mail", "stripe", "small"])?;
    let site = Site::embedded(&options.get("url", crate::LOCAL.to_owned())?);
    let site = Site {
        mail: options.get("mail", site.mail)?,
        stripe: options.get("stripe", site.stripe)?,
        api: site.api,
    };
    let url = site.api.clone();
    let scale = if options.has("small") { Scale::SMALL } else { Scale::FULL };
    let outcomes = journeys::all(&Api::new(site), scale);
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
