//! `copy-service-request` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::copy_service_request::function())
}
