//! The tests of contexts, asked whether they notice that something is left out.

use local::mutants::{Site, VARIABLE};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A mutant that tests wait for so long hangs: they noticed.
const PATIENCE: Duration = Duration::from_secs(300);
/// Histories of random steps say little about what is wrong: another test is named, if there is one.
const HISTORIES: &str = "histories::";

/// The programs of the contexts' tests.
pub struct Tests {
    /// The context of each function.
    contexts: BTreeMap<&'static str, &'static str>,
    /// The program of each context.
    programs: BTreeMap<String, PathBuf>,
}

impl Tests {
    /// Builds them.
    pub fn build() -> Result<Self, String> {
        let contexts: BTreeMap<&str, &str> = simulation::contexts()
            .iter()
            .flat_map(|context| context.functions.iter().map(|function| (function.name, context.name)))
            .collect();
        let mut cargo = crate::cargo();
        cargo.args([
            "test",
            "--release",
            "--workspace",
            "--no-run",
            "--quiet",
            "--message-format",
            "json",
        ]);
        let mut names: Vec<&str> = contexts.values().copied().collect();
        names.sort_unstable();
        names.dedup();
        for context in names {
            cargo.args(["--test", &format!("{context}-tests")]);
        }
        let built = cargo.stderr(Stdio::inherit()).output().map_err(|error| error.to_string())?;
        if !built.status.success() {
            return Err("the tests do not build".to_owned());
        }
        let program = |line: &str| {
            let message: Value = serde_json::from_str(line).ok()?;
            let context = message["target"]["name"].as_str()?.strip_suffix("-tests")?;
            Some((context.to_owned(), PathBuf::from(message["executable"].as_str()?)))
        };
        let programs = String::from_utf8_lossy(&built.stdout).lines().filter_map(program).collect();
        Ok(Self { contexts, programs })
    }

    /// Whether this test of a site's context fails without what stands there.
    pub fn notices(&self, test: &str, site: &Site) -> Result<bool, String> {
        let said = self.run(site, &["--exact", test])?;
        match said.contains("running 1 test\n") {
            true => Ok(failed(&said).next().is_some()),
            false => Err(format!("{site}: there is no test {test}")),
        }
    }

    /// The test that says best that something is missing there; `None`: all of them pass.
    pub fn noticing(&self, site: &Site) -> Result<Option<String>, String> {
        let said = self.run(site, &[])?;
        let best = failed(&said).min_by_key(|name| name.starts_with(HISTORIES));
        Ok(best.map(str::to_owned))
    }

    /// What the tests of a site's context print without what stands there.
    #[allow(clippy::disallowed_methods, reason = "a deadline for a program that may hang")]
    fn run(&self, site: &Site, arguments: &[&str]) -> Result<String, String> {
        let context = self.contexts.get(site.function()).copied().unwrap_or_default();
        let program = self.programs.get(context).ok_or_else(|| format!("{context} has no tests"))?;
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(Path::new("functions").join(context))
            .env(VARIABLE, site.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut output = child.stdout.take();
        let reader = thread::spawn(move || {
            let mut said = Vec::new();
            // What a killed program said so far counts.
            let _ = output.as_mut().map(|output| output.read_to_end(&mut said));
            String::from_utf8_lossy(&said).into_owned()
        });
        let deadline = Instant::now() + PATIENCE;
        let mut hangs = false;
        while child.try_wait().map_err(|error| error.to_string())?.is_none() {
            if Instant::now() > deadline && !hangs {
                hangs = true;
                child.kill().map_err(|error| error.to_string())?;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let said = reader.join().map_err(|_| "the reader of a test's output broke".to_owned())?;
        Ok(if hangs { format!("{said}\ntest (one that hangs) ... FAILED\n") } else { said })
    }
}

/// The tests that failed.
fn failed(said: &str) -> impl Iterator<Item = &str> {
    said.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
}
