//! `get-account-balance` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::get_account_balance::function())
}
