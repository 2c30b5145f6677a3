//! `remove-payment-method` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::remove_payment_method::function())
}
