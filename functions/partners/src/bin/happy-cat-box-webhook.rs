//! `happy-cat-box-webhook` on Lambda.
fn main() -> std::process::ExitCode {
    platform::lambda::run(partners::happy_cat_box_webhook::function())
}
