//! `list-role-changes` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(identity::list_role_changes::function())
}
