//! `sweep-orders` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::sweep_orders::function())
}
