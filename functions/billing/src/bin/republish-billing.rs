//! `republish-billing` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::republish_billing::function())
}
