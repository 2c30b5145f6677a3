//! `close-overdue-tests` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::close_overdue_tests::function())
}
