//! `withdraw-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::withdraw_job::function())
}
