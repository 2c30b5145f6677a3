//! `end-session` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::end_session::function())
}
