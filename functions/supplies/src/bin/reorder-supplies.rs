//! `reorder-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::reorder_supplies::function())
}
