//! `enable-endpoint` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::enable_endpoint::function())
}
