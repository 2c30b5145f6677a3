//! `retry-payout` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::retry_payout::function())
}
