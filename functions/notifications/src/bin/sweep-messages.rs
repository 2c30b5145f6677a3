//! `sweep-messages` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::sweep_messages::function())
}
