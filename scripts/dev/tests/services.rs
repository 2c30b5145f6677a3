//! The week of services that `cargo dev demo services` plays, in small: it proves itself, or fails.

#[test]
fn a_week_of_services_is_all_there_in_the_end() {
    let arguments = ["services", "--clients", "30", "--workers", "4", "--requests", "60"].map(str::to_owned);
    dev::demo::run(&arguments).unwrap();
}
