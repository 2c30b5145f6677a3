//! `republish-partners` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::republish_partners::function())
}
