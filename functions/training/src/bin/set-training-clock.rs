//! `set-training-clock` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::set_training_clock::function())
}
