//! `receive-purchase` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::receive_purchase::function())
}
