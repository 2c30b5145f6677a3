//! `dismiss-coach` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(training::dismiss_coach::function())
}
