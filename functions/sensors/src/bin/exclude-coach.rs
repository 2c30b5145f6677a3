//! `exclude-coach` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::exclude_coach::function())
}
