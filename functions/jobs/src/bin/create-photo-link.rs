//! `create-photo-link` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::create_photo_link::function())
}
