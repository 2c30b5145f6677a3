//! `poll-payments` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::poll_payments::function())
}
