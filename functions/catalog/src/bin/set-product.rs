//! `set-product` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::set_product::function())
}
