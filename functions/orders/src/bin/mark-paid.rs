//! `mark-paid` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::mark_paid::function())
}
