//! `keep-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::keep_job::function())
}
