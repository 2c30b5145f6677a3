//! `issue-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::issue_supplies::function())
}
