//! `decline-offer` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::decline_offer::function())
}
