//! `send-webhook-test` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::send_webhook_test::function())
}
