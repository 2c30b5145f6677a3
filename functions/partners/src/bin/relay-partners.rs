//! `relay-partners` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::relay_partners::function())
}
