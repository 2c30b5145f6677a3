//! `set-availability` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::set_availability::function())
}
