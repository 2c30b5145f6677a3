//! `cancel-cookie` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::cancel_cookie::function())
}
