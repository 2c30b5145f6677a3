//! `rematch-request` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::rematch_request::function())
}
