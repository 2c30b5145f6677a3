//! `add-readings` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::add_readings::function())
}
