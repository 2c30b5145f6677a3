//! `ship-order` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::ship_order::function())
}
