//! `lapse-draw` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::lapse_draw::function())
}
