//! `list-records` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::list_records::function())
}
