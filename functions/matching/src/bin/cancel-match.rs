//! `cancel-match` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::cancel_match::function())
}
