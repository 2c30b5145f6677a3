//! `relay-services` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::relay_services::function())
}
