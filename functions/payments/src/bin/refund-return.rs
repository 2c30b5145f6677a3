//! `refund-return` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::refund_return::function())
}
