//! `republish-catalog` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::republish_catalog::function())
}
