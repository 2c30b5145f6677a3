//! `list-workouts` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::list_workouts::function())
}
