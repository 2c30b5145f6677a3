//! `lapse-adjustments` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(billing::lapse_adjustments::function())
}
