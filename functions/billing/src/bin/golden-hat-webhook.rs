//! `golden-hat-webhook` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::golden_hat_webhook::function())
}
