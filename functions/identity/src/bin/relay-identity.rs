//! `relay-identity` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::relay_identity::function())
}
