//! `list-statement` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::list_statement::function())
}
