//! `relay-catalog` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::relay_catalog::function())
}
