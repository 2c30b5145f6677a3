//! `list-payment-methods` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::list_payment_methods::function())
}
