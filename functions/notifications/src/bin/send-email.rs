//! `send-email` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::send_email::function())
}
