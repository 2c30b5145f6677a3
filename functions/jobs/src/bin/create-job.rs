//! `create-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::create_job::function())
}
