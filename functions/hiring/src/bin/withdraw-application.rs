//! `withdraw-application` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::withdraw_application::function())
}
