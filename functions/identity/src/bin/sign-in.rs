//! `sign-in` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::sign_in::function())
}
