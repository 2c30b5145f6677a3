//! `poll-cookies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::poll_cookies::function())
}
