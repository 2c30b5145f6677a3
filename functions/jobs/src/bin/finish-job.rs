//! `finish-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::finish_job::function())
}
