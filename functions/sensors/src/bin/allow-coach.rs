//! `allow-coach` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::allow_coach::function())
}
