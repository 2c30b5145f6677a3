//! `refuse-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::refuse_supplies::function())
}
