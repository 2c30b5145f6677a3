//! `get-import` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::get_import::function())
}
