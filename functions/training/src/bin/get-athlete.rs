//! `get-athlete` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::get_athlete::function())
}
