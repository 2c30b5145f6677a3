//! `relay-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::relay_supplies::function())
}
