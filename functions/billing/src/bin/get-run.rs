//! `get-run` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::get_run::function())
}
