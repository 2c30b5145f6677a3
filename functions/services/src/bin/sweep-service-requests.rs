//! `sweep-service-requests` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::sweep_service_requests::function())
}
