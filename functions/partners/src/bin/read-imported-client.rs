//! `read-imported-client` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::read_imported_client::function())
}
