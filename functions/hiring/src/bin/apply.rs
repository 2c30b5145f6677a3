//! `apply` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::apply::function())
}
