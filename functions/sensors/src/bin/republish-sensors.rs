//! `republish-sensors` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::republish_sensors::function())
}
