//! `list-sessions` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::list_sessions::function())
}
