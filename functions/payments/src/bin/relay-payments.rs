//! `relay-payments` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::relay_payments::function())
}
