//! `set-test` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::set_test::function())
}
