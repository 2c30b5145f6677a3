//! `get-service-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::get_service_supplies::function())
}
