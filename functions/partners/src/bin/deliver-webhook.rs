//! `deliver-webhook` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::deliver_webhook::function())
}
