//! `mark-final` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::mark_final::function())
}
