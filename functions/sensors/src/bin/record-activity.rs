//! `record-activity` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::record_activity::function())
}
