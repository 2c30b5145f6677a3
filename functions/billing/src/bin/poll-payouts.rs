//! `poll-payouts` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::poll_payouts::function())
}
