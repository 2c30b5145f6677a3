//! `get-application` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::get_application::function())
}
