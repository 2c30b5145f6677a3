//! `get-product` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::get_product::function())
}
