//! `set-thresholds` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::set_thresholds::function())
}
