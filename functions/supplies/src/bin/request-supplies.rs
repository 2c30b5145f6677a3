//! `request-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::request_supplies::function())
}
