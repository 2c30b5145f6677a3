//! `relay-jobs` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::relay_jobs::function())
}
