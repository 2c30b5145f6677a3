//! `register-device` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::register_device::function())
}
