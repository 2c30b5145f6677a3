//! `adjust-account` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::adjust_account::function())
}
