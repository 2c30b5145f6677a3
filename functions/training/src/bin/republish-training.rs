//! `republish-training` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::republish_training::function())
}
