//! `log-workout` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::log_workout::function())
}
