//! `list-services` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::list_services::function())
}
