//! `close-missed-jobs` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::close_missed_jobs::function())
}
