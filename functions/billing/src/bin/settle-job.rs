//! `settle-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::settle_job::function())
}
