//! `cargo dev package`: lays the built functions out as the deployment expects them, `<folder>/<function>/bootstrap`.

use crate::{Options, Outcome};
use std::path::{Path, PathBuf};

/// Copies every function's binary.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["into", "from"])?;
    let into: PathBuf = options.get("into", PathBuf::from("target/lambda"))?;
    let from: PathBuf = options.get("from", PathBuf::from("target/release"))?;
    let mut count = 0;
    for function in simulation::contexts().into_iter().flat_map(|context| context.functions) {
        copy(&from.join(function.name), &into.join(function.name))?;
        count += 1;
    }
    println!("{count} functions are in {}", into.display());
    Ok(())
}

fn copy(binary: &Path, folder: &Path) -> Outcome {
    let build = "build it first: source scripts/lib.sh; cargo build --release $(function_packages) --bins";
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    std::fs::copy(binary, folder.join("bootstrap"))
        .map(|_| ())
        .map_err(|error| format!("{}: {error}; {build}", binary.display()))
}
