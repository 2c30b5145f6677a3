//! `render-template` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(notifications::render_template::function())
}
