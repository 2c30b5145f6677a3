//! `start-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::start_job::function())
}
