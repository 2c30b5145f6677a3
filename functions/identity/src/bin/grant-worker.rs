//! `grant-worker` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::grant_worker::function())
}
