//! `list-tests` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::list_tests::function())
}
