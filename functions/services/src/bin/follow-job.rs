//! `follow-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(services::follow_job::function())
}
