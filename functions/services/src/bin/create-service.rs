//! `create-service` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::create_service::function())
}
