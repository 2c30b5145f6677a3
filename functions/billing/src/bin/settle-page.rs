//! `settle-page` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::settle_page::function())
}
