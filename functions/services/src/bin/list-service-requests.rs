//! `list-service-requests` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::list_service_requests::function())
}
