//! `send-payout` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::send_payout::function())
}
