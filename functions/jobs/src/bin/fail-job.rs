//! `fail-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::fail_job::function())
}
