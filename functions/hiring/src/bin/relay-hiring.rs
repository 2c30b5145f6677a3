//! `relay-hiring` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(hiring::relay_hiring::function())
}
