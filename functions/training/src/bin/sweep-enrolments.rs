//! `sweep-enrolments` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::sweep_enrolments::function())
}
