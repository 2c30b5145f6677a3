//! The documented costs are the measured ones.

use dev::cost::{render, table};

#[test]
fn the_cost_table_is_what_the_calls_cost() {
    let documented = include_str!("../../../docs/cost.md");
    let measured = render(&table().unwrap());
    assert!(documented.contains(&measured), "docs/cost.md is stale. `cargo dev cost` prints:\n{measured}");
}

#[test]
fn placing_an_order_of_ten_lines_is_one_write_of_at_most_four_units() {
    let rows = table().unwrap();
    let row = rows.iter().find(|row| row.case == "place-order, 10 lines").unwrap();
    assert!(row.writes <= 4.0, "{row:?}");
    assert_eq!(row.write_calls, 1, "{row:?}");
}
