//! `enrol` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::enrol::function())
}
