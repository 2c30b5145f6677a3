//! `close-payment` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::close_payment::function())
}
