//! `export-products` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::export_products::function())
}
