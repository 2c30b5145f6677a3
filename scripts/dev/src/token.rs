//! `cargo dev token`: an access token of somebody, for curl.

use crate::{Options, Outcome};
use journeys::{Api, Site};

/// Prints a token of the person `--as`, registered through the API if need be; `manager` is made one by the first admin.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["as", "url"])?;
    let api = Api::new(Site::embedded(&options.get("url", crate::LOCAL.to_owned())?));
    let name: String = options.get("as", "customer".to_owned())?;
    let person = if name == "manager" { api.manager()? } else { api.person(&name)? };
    println!("{}", person.token(&api)?);
    Ok(())
}
