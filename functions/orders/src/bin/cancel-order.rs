//! `cancel-order` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::cancel_order::function())
}
