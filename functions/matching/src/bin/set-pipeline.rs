//! `set-pipeline` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::set_pipeline::function())
}
