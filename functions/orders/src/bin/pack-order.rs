//! `pack-order` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(orders::pack_order::function())
}
