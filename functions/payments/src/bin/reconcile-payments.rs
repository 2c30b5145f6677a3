//! `reconcile-payments` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::reconcile_payments::function())
}
