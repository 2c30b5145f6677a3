//! `relay-matching` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::relay_matching::function())
}
