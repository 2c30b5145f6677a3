//! `close-purchase` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::close_purchase::function())
}
