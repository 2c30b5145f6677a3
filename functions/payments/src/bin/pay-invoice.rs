//! `pay-invoice` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::pay_invoice::function())
}
