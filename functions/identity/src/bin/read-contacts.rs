//! `read-contacts` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::read_contacts::function())
}
