//! `charge-invoice` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::charge_invoice::function())
}
