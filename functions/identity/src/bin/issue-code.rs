//! `issue-code` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::issue_code::function())
}
