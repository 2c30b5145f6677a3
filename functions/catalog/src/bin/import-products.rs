//! `import-products` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::import_products::function())
}
