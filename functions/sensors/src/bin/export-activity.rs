//! `export-activity` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::export_activity::function())
}
