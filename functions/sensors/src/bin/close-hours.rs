//! `close-hours` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::close_hours::function())
}
