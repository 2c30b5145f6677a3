//! `get-activity-file` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::get_activity_file::function())
}
