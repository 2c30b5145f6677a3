//! `cancel-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::cancel_job::function())
}
