//! The documented costs are the measured ones.

use dev::cost::costs;

#[test]
fn the_cost_tables_are_what_the_calls_cost() {
    let documented = include_str!("../../../docs/cost.md");
    for table in costs().unwrap().render() {
        assert!(documented.contains(&table), "docs/cost.md is stale. `cargo dev cost` prints:\n{table}");
    }
}

#[test]
fn placing_an_order_of_ten_lines_is_one_write_of_at_most_four_units() {
    let costs = costs().unwrap();
    let row = costs.cases.iter().find(|row| row.case == "place-order, 10 lines").unwrap();
    assert!(row.writes <= 4.0, "{row:?}");
    assert_eq!(row.write_calls, 1, "{row:?}");
}
