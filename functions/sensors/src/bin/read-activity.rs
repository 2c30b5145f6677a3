//! `read-activity` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::read_activity::function())
}
