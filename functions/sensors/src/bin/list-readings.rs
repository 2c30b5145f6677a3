//! `list-readings` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::list_readings::function())
}
