//! `submit-test` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::submit_test::function())
}
