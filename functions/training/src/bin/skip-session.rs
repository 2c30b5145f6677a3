//! `skip-session` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::skip_session::function())
}
