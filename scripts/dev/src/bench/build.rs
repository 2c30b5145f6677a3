//! `cargo dev bench build`: what a further function adds to a release build.
//!
//! A copy of the orders context, in a workspace of its own under `target/`, is built as it is and with further
//! functions: copies of its use cases with their three-line binaries. Everything that a new function makes the
//! compiler and the linker do is in the difference.

use crate::{Options, Outcome};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Seconds that a further function may cost.
const BAR: f64 = 1.5;
/// Where the copy lives: git ignores it, also when we are interrupted.
const PLACE: &str = "target/bench-build";
/// Begins the names of further functions, so that what was built of them is found and removed.
const FURTHER: &str = "bench-further-";

/// Measures, prints, judges.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["functions", "rounds"])?;
    let (further, rounds) = (options.get("functions", 12usize)?.max(1), options.get("rounds", 3)?.max(1));
    let root = std::env::current_dir().map_err(|error| error.to_string())?;
    let copy = Copy::make(&root)?;
    println!("building what the measurement starts from");
    copy.set(0)?;
    copy.build()?;
    let (mut with, mut without) = (Duration::MAX, Duration::MAX);
    for round in 1..=rounds {
        // Either way the context's library has changed, and all its binaries are linked anew.
        copy.set(further)?;
        let took = copy.build()?;
        copy.set(0)?;
        let before = copy.build()?;
        println!(
            "round {round}: {:.1} s, with {further} more functions {:.1} s",
            before.as_secs_f64(),
            took.as_secs_f64()
        );
        // Other work on the machine only ever adds: the quickest round is the truest.
        (with, without) = (with.min(took), without.min(before));
    }
    let each = with.saturating_sub(without).as_secs_f64() / further as f64;
    println!("a further function costs {each:.2} s of a release build");
    match each <= BAR {
        true => Ok(()),
        false => Err(format!("that is above {BAR} s")),
    }
}

/// The copied context.
struct Copy {
    root: PathBuf,
    place: PathBuf,
    package: PathBuf,
    library: String,
}

impl Copy {
    fn make(root: &Path) -> Result<Self, String> {
        let place = root.join(PLACE);
        if place.exists() {
            std::fs::remove_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
        }
        // Not `functions/orders`: cargo would take it for the same package as the real one, and rebuild that later.
        let package = place.join("copy/orders");
        copy_folder(&root.join("functions/orders"), &package)?;
        write(&place.join("Cargo.toml"), &workspace(root, &read(&root.join("Cargo.toml"))?)?)?;
        write(&place.join("Cargo.lock"), &read(&root.join("Cargo.lock"))?)?;
        let library = read(&package.join("src/lib.rs"))?;
        Ok(Self { root: root.to_owned(), place, package, library })
    }

    /// Gives the copy so many further functions.
    fn set(&self, further: usize) -> Outcome {
        const FUNCTIONS: &str = "functions: [";
        let sources = self.package.join("src");
        let (head, tail) = self.library.split_once(FUNCTIONS).ok_or("orders' lib.rs lists no functions")?;
        let end = tail.find(']').ok_or("the list of orders' functions has no end")?;
        // Relays are alike and one a context: a further function is another use case.
        let use_cases = tail[..end].split(',').map(str::trim);
        let use_cases: Vec<&str> = use_cases.filter(|name| !name.is_empty() && !name.starts_with("relay")).collect();
        let mut listed = String::new();
        remove_named(&sources.join("bin"), FURTHER)?;
        for (n, use_case) in use_cases.iter().cycle().take(further).enumerate() {
            let binary = format!("{FURTHER}{n}");
            let module = binary.replace('-', "_");
            write(&sources.join(format!("{module}.rs")), &read(&sources.join(format!("{use_case}.rs")))?)?;
            write(
                &sources.join(format!("bin/{binary}.rs")),
                &read(&sources.join(format!("bin/{}.rs", use_case.replace('_', "-"))))?.replace(use_case, &module),
            )?;
            listed += &format!("{module}, ");
        }
        write(&sources.join("lib.rs"), &format!("{head}{FUNCTIONS}{listed}{tail}"))
    }

    /// Builds its functions; how long that took.
    #[allow(clippy::disallowed_methods, reason = "this is what is measured")]
    fn build(&self) -> Result<Duration, String> {
        let mut command = crate::cargo();
        command
            .args(["build", "--release", "--bins", "--manifest-path"])
            .arg(self.place.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(self.place.join("target"))
            // What does not differ from the real build is taken from there.
            .env("CARGO_BUILD_BUILD_DIR", self.root.join("target"));
        let start = Instant::now();
        let output = command.output().map_err(|error| error.to_string())?;
        let took = start.elapsed();
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(said.into_owned());
        }
        match said.contains("waiting for file lock") {
            true => Err("another cargo was building: nothing can be measured beside it, try again later".to_owned()),
            false => Ok(took),
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // What stays behind only takes room, in folders that git ignores.
        drop(std::fs::remove_dir_all(&self.place));
        drop(remove_named(&self.root.join("target/release/deps"), &FURTHER.replace('-', "_")));
    }
}

/// The project's own workspace file, for a workspace elsewhere with nothing but the copy in it.
fn workspace(root: &Path, text: &str) -> Result<String, String> {
    let (head, rest) = text.split_once("members = [").ok_or("Cargo.toml has no members")?;
    let (_, tail) = rest.split_once(']').ok_or("the list of members has no end")?;
    let paths = format!("path = \"{}/", root.display());
    Ok(format!("{head}members = [\"copy/orders\"]{}", tail.replace("path = \"", &paths)))
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    std::fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    for entry in entries(from)? {
        let copy = to.join(entry.file_name().unwrap_or_default());
        match entry.is_dir() {
            true => copy_folder(&entry, &copy)?,
            false => write(&copy, &read(&entry)?)?,
        }
    }
    Ok(())
}

/// Removes the files of a folder whose names begin so.
fn remove_named(folder: &Path, beginning: &str) -> Outcome {
    for entry in entries(folder)? {
        let named = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with(beginning));
        if named {
            std::fs::remove_file(&entry).map_err(|error| format!("{}: {error}", entry.display()))?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    entries.map_err(|error| format!("{}: {error}", folder.display()))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
