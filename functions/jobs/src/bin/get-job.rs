//! `get-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::get_job::function())
}
