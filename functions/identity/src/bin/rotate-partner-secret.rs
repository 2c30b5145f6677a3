//! `rotate-partner-secret` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::rotate_partner_secret::function())
}
