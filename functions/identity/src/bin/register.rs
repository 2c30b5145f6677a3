//! `register` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::register::function())
}
