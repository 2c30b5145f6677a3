//! `relay-training` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::relay_training::function())
}
