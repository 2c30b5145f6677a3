//! `get-programme` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::get_programme::function())
}
