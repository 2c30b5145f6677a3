//! `republish-jobs` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::republish_jobs::function())
}
