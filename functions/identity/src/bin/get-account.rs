//! `get-account` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::get_account::function())
}
