//! `start-run` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::start_run::function())
}
