//! `accept-offer` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::accept_offer::function())
}
