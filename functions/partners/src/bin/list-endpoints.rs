//! `list-endpoints` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::list_endpoints::function())
}
