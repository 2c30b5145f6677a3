//! `empty-cart` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::empty_cart::function())
}
