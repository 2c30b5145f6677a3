//! `get-client` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::get_client::function())
}
