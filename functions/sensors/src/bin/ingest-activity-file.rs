//! `ingest-activity-file` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::ingest_activity_file::function())
}
