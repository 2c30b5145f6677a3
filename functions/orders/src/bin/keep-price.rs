//! `keep-price` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::keep_price::function())
}
