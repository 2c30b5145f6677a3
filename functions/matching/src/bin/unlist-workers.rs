//! `unlist-workers` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::unlist_workers::function())
}
