//! `republish-hiring` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::republish_hiring::function())
}
