//! `close-undecided-applications` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::close_undecided_applications::function())
}
