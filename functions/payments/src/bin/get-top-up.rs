//! `get-top-up` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(payments::get_top_up::function())
}
