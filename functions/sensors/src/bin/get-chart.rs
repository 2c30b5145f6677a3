//! `get-chart` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(sensors::get_chart::function())
}
