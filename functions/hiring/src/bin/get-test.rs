//! `get-test` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::get_test::function())
}
