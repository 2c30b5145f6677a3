//! `decide-application` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::decide_application::function())
}
