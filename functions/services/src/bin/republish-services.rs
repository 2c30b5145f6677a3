//! `republish-services` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::republish_services::function())
}
