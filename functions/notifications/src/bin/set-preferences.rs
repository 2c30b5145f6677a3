//! `set-preferences` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::set_preferences::function())
}
