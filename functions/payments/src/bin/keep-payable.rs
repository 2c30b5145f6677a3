//! `keep-payable` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::keep_payable::function())
}
