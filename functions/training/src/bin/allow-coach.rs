//! `allow-coach` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::allow_coach::function())
}
