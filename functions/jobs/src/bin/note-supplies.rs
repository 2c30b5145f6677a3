//! `note-supplies` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::note_supplies::function())
}
