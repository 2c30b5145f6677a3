//! `begin-run` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::begin_run::function())
}
