//! `get-availability` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::get_availability::function())
}
