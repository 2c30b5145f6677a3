//! `republish-notifications` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::republish_notifications::function())
}
