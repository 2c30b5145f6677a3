//! `keep-admission` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::keep_admission::function())
}
