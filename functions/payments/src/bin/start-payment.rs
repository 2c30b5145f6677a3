//! `start-payment` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::start_payment::function())
}
