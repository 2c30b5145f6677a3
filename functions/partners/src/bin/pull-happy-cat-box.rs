//! `pull-happy-cat-box` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::pull_happy_cat_box::function())
}
