//! The recordings that `cargo dev demo sensors` sends, the smallest of them: it proves itself, or fails.

#[test]
fn every_reading_that_was_sent_is_there_once() {
    let arguments = ["sensors", "--recordings", "5"].map(str::to_owned);
    dev::demo::run(&arguments).unwrap();
}
