//! `rotate-endpoint-secret` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::rotate_endpoint_secret::function())
}
