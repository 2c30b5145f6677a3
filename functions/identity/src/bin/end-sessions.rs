//! `end-sessions` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::end_sessions::function())
}
