//! `create-endpoint` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::create_endpoint::function())
}
