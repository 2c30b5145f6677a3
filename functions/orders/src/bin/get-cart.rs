//! `get-cart` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::get_cart::function())
}
