//! `change-roles` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::change_roles::function())
}
