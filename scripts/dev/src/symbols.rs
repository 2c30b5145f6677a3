//! `cargo dev symbols`: no function needs a newer C library than Lambda's `provided.al2023` has.
//!
//! A binary that needs a newer one starts here and fails there, with every invocation.

use crate::{Options, Outcome};
use object::Endianness;
use object::elf::FileHeader64;
use object::read::elf::FileHeader;
use std::path::{Path, PathBuf};

/// The C library of `provided.al2023`.
const NEWEST: (u32, u32) = (2, 34);

/// Checks every function's binary, and says how new a C library they need.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["from"])?;
    let from: PathBuf = options.get("from", PathBuf::from("target/release"))?;
    let (mut newest, mut count, mut offending) = ((0, 0), 0, Vec::new());
    for function in simulation::contexts().into_iter().flat_map(|context| context.functions) {
        let binary = from.join(function.name);
        for Need { symbol, glibc } in needs(&binary)? {
            newest = newest.max(glibc);
            if glibc > NEWEST {
                offending.push(format!("{}: {symbol}@GLIBC_{}.{}", function.name, glibc.0, glibc.1));
            }
        }
        count += 1;
    }
    if !offending.is_empty() {
        let (major, minor) = NEWEST;
        return Err(format!("newer than GLIBC_{major}.{minor}:\n{}", offending.join("\n")));
    }
    println!("{count} functions need GLIBC_{}.{} at most", newest.0, newest.1);
    Ok(())
}

/// A symbol that a binary takes from the C library, and the version that it wants.
struct Need {
    symbol: String,
    glibc: (u32, u32),
}

/// Everything a binary takes from the C library.
fn needs(binary: &Path) -> Result<Vec<Need>, String> {
    let build = "build it first: source scripts/lib.sh; cargo build --release $(function_packages) --bins";
    let bytes = std::fs::read(binary).map_err(|error| format!("{}: {error}; {build}", binary.display()))?;
    read(&bytes).map_err(|error| format!("{}: {error}", binary.display()))
}

fn read(bytes: &[u8]) -> object::Result<Vec<Need>> {
    let header = FileHeader64::<Endianness>::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let symbols = sections.symbols(endian, bytes, object::elf::SHT_DYNSYM)?;
    let mut needs = Vec::new();
    let Some(versions) = sections.versions(endian, bytes)? else {
        return Ok(needs);
    };
    for (index, symbol) in symbols.enumerate() {
        let version = versions.version_index(endian, index);
        let Some(version) = versions.version(version.into())? else {
            continue;
        };
        let version = String::from_utf8_lossy(version.name());
        if let Some(glibc) = glibc(&version) {
            let symbol = String::from_utf8_lossy(symbols.symbol_name(endian, symbol)?).into_owned();
            needs.push(Need { symbol, glibc });
        }
    }
    Ok(needs)
}

/// `GLIBC_2.34` and `GLIBC_2.2.5` as numbers. `GLIBC_PRIVATE` belongs to nobody: newer than everything.
fn glibc(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix("GLIBC_")?.split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Some((major, minor)),
        _ => Some((u32::MAX, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::{NEWEST, glibc, needs};

    #[test]
    fn versions_are_numbers_not_texts() {
        assert_eq!(glibc("GLIBC_2.2.5"), Some((2, 2)));
        assert!(glibc("GLIBC_2.9") < glibc("GLIBC_2.34"));
        assert!(glibc("GLIBC_2.35") > Some(NEWEST));
        assert!(glibc("GLIBC_PRIVATE") > Some(NEWEST));
        assert_eq!(glibc("GCC_3.0"), None);
    }

    #[test]
    fn the_needs_of_a_real_binary_are_found() {
        let needs = needs(&std::env::current_exe().unwrap()).unwrap();
        assert!(needs.iter().any(|need| need.symbol == "__libc_start_main"));
    }
}
