//! `republish-identity` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::republish_identity::function())
}
