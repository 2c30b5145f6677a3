//! `republish-orders` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::republish_orders::function())
}
