//! `get-discovery` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::get_discovery::function())
}
