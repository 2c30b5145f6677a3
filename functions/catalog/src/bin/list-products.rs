//! `list-products` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::list_products::function())
}
