//! `list-breaks` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::list_breaks::function())
}
