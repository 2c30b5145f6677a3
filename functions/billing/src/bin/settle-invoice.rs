//! `settle-invoice` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::settle_invoice::function())
}
