//! `republish-matching` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::republish_matching::function())
}
