//! `order-cookie` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::order_cookie::function())
}
