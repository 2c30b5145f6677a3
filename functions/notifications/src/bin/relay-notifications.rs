//! `relay-notifications` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::relay_notifications::function())
}
