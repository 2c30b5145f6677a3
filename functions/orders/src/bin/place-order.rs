//! `place-order` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::place_order::function())
}
