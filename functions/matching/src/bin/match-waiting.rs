//! `match-waiting` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::match_waiting::function())
}
