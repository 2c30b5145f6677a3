//! `list-notifications` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::list_notifications::function())
}
