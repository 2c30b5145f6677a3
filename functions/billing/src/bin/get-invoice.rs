//! `get-invoice` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::get_invoice::function())
}
