//! `note-job` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(matching::note_job::function())
}
