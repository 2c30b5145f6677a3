//! `list-waiting` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::list_waiting::function())
}
