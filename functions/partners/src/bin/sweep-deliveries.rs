//! `sweep-deliveries` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::sweep_deliveries::function())
}
