//! `sweep-reservations` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::sweep_reservations::function())
}
