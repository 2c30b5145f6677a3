//! `list-account-statement` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::list_account_statement::function())
}
