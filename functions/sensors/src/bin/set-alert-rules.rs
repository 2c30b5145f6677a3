//! `set-alert-rules` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::set_alert_rules::function())
}
