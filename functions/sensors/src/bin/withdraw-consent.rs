//! `withdraw-consent` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::withdraw_consent::function())
}
