//! `restock-return`.

use crate::support::{
    COMMITTED, RESERVED, announced, announced_types, cancelled, count_at, counters, one_of_each, paid, reserve,
    returned, sell, shelves, state, stock_at, writes_made,
};
use catalog::reservation::State;
use local::testing::reports_only_what_it_cannot_read;

#[test]
fn what_came_back_is_available_again_by_one_write_and_nobody_else_is_told() {
    let stage = shelves(2, 10);
    sell(&stage, 1, &[(0, 3), (1, 10)]);
    announced(&stage);
    assert!(stage.deliver("restock-return", &returned(&stage, 1, 1, &[(0, 2), (1, 1), (0, 1)])));
    assert_eq!(writes_made(&stage), 1);
    assert_eq!((counters(&stage, 0), counters(&stage, 1)), (Some((10, 0, 0)), Some((1, 0, 9))));
    assert_eq!(state(&stage, 1), Some(State::Committed));
    assert!(announced(&stage).is_empty());
}

#[test]
fn each_return_is_put_back_once_and_an_order_may_have_several() {
    let stage = shelves(1, 10);
    sell(&stage, 1, &[(0, 5)]);
    for _ in 0..3 {
        for id in [1, 2] {
            assert!(stage.deliver("restock-return", &returned(&stage, 1, id, &[(0, 2)])));
        }
    }
    assert_eq!(counters(&stage, 0), Some((9, 0, 1)));
}

#[test]
fn a_whole_order_of_any_size_comes_back() {
    for lines in [0, 1, 98, 99, 674] {
        let stage = shelves(lines, 10);
        sell(&stage, 1, &one_of_each(lines));
        stage.calls();
        assert!(stage.deliver("restock-return", &returned(&stage, 1, 1, &one_of_each(lines))));
        assert_eq!(writes_made(&stage), lines.div_ceil(98), "{lines} lines");
        for n in 0..lines {
            assert_eq!(counters(&stage, n), Some((10, 0, 0)), "{lines} lines");
        }
    }
}

#[test]
fn a_return_that_overtakes_the_payment_sells_first() {
    let stage = shelves(1, 10);
    assert!(!stage.deliver("restock-return", &returned(&stage, 1, 1, &[(0, 1)])), "nothing is known of it");
    reserve(&stage, 1, &[(0, 4)]);
    assert!(stage.deliver("restock-return", &returned(&stage, 1, 1, &[(0, 1)])));
    assert!(stage.deliver("commit-stock", &paid(&stage, 1)));
    assert_eq!(counters(&stage, 0), Some((7, 0, 3)));
    assert_eq!(announced_types(&stage), [RESERVED, COMMITTED]);
}

#[test]
fn of_a_cancelled_order_everything_is_back_already() {
    let stage = shelves(1, 10);
    sell(&stage, 1, &[(0, 4)]);
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    assert!(stage.deliver("restock-return", &returned(&stage, 1, 1, &[(0, 1)])));
    assert_eq!(counters(&stage, 0), Some((10, 0, 0)));
}

#[test]
fn goods_go_back_where_they_were_taken_from() {
    let stage = shelves(1, 0);
    stage.set("STOCK_LOCATIONS", "main leeds");
    count_at(&stage, 0, "leeds", 5);
    sell(&stage, 1, &[(0, 5)]);
    stage.set("STOCK_LOCATIONS", "main");
    assert!(stage.deliver("restock-return", &returned(&stage, 1, 1, &[(0, 2)])));
    let at = |location| stock_at(&stage, 0, location).map(|stock| (stock.available, stock.gone));
    assert_eq!((at("main"), at("leeds")), (Some((0, 0)), Some((2, 3))));
}

#[test]
fn more_than_was_sold_never_comes_back() {
    let stage = shelves(2, 10);
    sell(&stage, 1, &[(0, 4)]);
    assert!(!stage.deliver("restock-return", &returned(&stage, 1, 1, &[(0, 5)])));
    assert!(!stage.deliver("restock-return", &returned(&stage, 1, 2, &[(1, 1)])), "the order had none");
    assert_eq!((counters(&stage, 0), counters(&stage, 1)), (Some((6, 0, 4)), Some((10, 0, 0))));
    let complaints: Vec<String> = stage.log().into_iter().filter(|line| line.contains("came back")).collect();
    assert_eq!(complaints.len(), 2, "{complaints:?}");
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shelves(1, 10);
    sell(&stage, 1, &[(0, 4)]);
    reports_only_what_it_cannot_read(&stage, "restock-return", &returned(&stage, 1, 1, &[(0, 1)]));
    assert_eq!(counters(&stage, 0), Some((7, 0, 3)));
}
