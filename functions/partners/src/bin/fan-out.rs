//! `fan-out` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::fan_out::function())
}
