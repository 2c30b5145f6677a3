//! `get-alert-rules` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::get_alert_rules::function())
}
