//! `follow-match` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::follow_match::function())
}
