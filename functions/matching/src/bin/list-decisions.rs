//! `list-decisions` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::list_decisions::function())
}
