//! `list-reviews` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::list_reviews::function())
}
