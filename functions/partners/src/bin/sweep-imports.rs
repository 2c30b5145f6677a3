//! `sweep-imports` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::sweep_imports::function())
}
