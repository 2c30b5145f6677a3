//! `move-session` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::move_session::function())
}
