//! `reserve-stock` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::reserve_stock::function())
}
