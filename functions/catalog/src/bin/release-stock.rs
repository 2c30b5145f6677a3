//! `release-stock` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::release_stock::function())
}
