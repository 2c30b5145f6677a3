//! `read-payable` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::read_payable::function())
}
