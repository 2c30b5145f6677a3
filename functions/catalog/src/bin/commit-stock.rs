//! `commit-stock` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::commit_stock::function())
}
