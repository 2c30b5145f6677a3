//! `expire-order` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::expire_order::function())
}
