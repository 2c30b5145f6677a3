//! `replay-deliveries` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::replay_deliveries::function())
}
