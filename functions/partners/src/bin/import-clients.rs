//! `import-clients` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::import_clients::function())
}
