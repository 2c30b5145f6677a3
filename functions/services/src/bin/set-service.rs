//! `set-service` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::set_service::function())
}
