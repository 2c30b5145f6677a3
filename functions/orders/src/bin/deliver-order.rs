//! `deliver-order` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::deliver_order::function())
}
