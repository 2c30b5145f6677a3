//! `delete-device` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::delete_device::function())
}
