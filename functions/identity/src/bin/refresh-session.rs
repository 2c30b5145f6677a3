//! `refresh-session` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::refresh_session::function())
}
