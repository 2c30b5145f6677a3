//! `relay-orders` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::relay_orders::function())
}
