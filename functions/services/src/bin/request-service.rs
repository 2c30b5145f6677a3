//! `request-service` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::request_service::function())
}
