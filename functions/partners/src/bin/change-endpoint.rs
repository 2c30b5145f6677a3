//! `change-endpoint` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::change_endpoint::function())
}
