//! `republish-payments` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::republish_payments::function())
}
