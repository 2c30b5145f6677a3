//! `change-cart` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::change_cart::function())
}
