//! `list-adjustments` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::list_adjustments::function())
}
