//! `unsubscribe` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::unsubscribe::function())
}
