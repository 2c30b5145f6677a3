//! `create-photo-upload` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(jobs::create_photo_upload::function())
}
