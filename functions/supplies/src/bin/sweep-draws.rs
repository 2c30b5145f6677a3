//! `sweep-draws` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::sweep_draws::function())
}
