//! `withdraw-match` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::withdraw_match::function())
}
