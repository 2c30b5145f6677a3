//! `remove-endpoint` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::remove_endpoint::function())
}
