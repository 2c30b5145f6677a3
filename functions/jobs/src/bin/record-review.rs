//! `record-review` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::record_review::function())
}
