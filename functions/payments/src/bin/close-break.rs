//! `close-break` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::close_break::function())
}
