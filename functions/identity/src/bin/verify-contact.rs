//! `verify-contact` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::verify_contact::function())
}
