//! `decide-request` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::decide_request::function())
}
