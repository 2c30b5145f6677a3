//! `add-chunk` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::add_chunk::function())
}
