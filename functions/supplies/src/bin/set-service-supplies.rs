//! `set-service-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::set_service_supplies::function())
}
