//! `delete-workout` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::delete_workout::function())
}
