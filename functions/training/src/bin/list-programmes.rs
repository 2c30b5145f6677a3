//! `list-programmes` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::list_programmes::function())
}
