//! `assign-tests` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::assign_tests::function())
}
