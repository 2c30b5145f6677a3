//! `credit-top-up` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::credit_top_up::function())
}
