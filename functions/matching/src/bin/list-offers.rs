//! `list-offers` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::list_offers::function())
}
