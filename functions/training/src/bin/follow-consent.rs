//! `follow-consent` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::follow_consent::function())
}
