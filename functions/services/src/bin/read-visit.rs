//! `read-visit` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::read_visit::function())
}
