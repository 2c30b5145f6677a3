//! `get-service` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::get_service::function())
}
