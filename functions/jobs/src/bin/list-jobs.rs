//! `list-jobs` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::list_jobs::function())
}
