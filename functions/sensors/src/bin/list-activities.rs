//! `list-activities` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::list_activities::function())
}
