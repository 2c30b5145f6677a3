//! `admit-coach` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::admit_coach::function())
}
