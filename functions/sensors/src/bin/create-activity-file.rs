//! `create-activity-file` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::create_activity_file::function())
}
