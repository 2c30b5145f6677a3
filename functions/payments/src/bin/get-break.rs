//! `get-break` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::get_break::function())
}
