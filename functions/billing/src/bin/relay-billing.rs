//! `relay-billing` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::relay_billing::function())
}
