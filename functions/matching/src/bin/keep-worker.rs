//! `keep-worker` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::keep_worker::function())
}
