//! `list-open-draws` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(supplies::list_open_draws::function())
}
