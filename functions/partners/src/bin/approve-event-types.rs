//! `approve-event-types` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::approve_event_types::function())
}
