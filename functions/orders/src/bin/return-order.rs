//! `return-order` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::return_order::function())
}
