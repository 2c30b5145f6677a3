//! `mark-notification-read` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::mark_notification_read::function())
}
