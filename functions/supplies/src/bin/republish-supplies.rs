//! `republish-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::republish_supplies::function())
}
