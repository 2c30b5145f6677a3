//! `relay-sensors` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::relay_sensors::function())
}
