//! `stripe-webhook` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::stripe_webhook::function())
}
