//! `create-partner` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::create_partner::function())
}
