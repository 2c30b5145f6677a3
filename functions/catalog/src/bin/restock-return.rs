//! `restock-return` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(catalog::restock_return::function())
}
