//! `get-preferences` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::get_preferences::function())
}
