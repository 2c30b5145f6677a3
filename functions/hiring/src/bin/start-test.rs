//! `start-test` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::start_test::function())
}
