//! `give-consent` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::give_consent::function())
}
