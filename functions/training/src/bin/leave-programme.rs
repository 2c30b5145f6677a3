//! `leave-programme` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::leave_programme::function())
}
