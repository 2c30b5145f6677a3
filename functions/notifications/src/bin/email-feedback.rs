//! `email-feedback` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::email_feedback::function())
}
