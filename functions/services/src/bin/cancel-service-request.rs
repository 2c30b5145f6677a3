//! `cancel-service-request` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::cancel_service_request::function())
}
