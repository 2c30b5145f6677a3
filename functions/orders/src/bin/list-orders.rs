//! `list-orders` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::list_orders::function())
}
