//! `decide-adjustment` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::decide_adjustment::function())
}
