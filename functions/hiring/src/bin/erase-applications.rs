//! `erase-applications` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::erase_applications::function())
}
