//! `top-up-balance` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::top_up_balance::function())
}
