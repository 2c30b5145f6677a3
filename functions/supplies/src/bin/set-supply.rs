//! `set-supply` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::set_supply::function())
}
