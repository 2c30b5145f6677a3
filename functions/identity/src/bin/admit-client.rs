//! `admit-client` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::admit_client::function())
}
