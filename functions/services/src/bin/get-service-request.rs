//! `get-service-request` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::get_service_request::function())
}
