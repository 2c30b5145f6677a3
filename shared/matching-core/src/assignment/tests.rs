//! Exact assignment against all that is possible, with bids and without: nearly everything is settled by bids, and the
//! paths must be right, too.

use super::{Edge, assign, assign_with};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The greatest weight, by trying everything.
fn brute_force(edges: &[Edge<u8, u8>]) -> i128 {
    let mut by_row = BTreeMap::<u8, Vec<(u8, i128)>>::new();
    for edge in edges {
        by_row.entry(edge.row).or_default().push((edge.column, edge.weight));
    }
    fn best(rows: &[&Vec<(u8, i128)>], taken: u32) -> i128 {
        let Some((first, rest)) = rows.split_first() else {
            return 0;
        };
        let alone = best(rest, taken);
        let free = first.iter().filter(|(column, _)| taken & (1 << column) == 0);
        free.map(|(column, weight)| weight + best(rest, taken | (1 << column))).fold(alone, i128::max)
    }
    best(&by_row.values().collect::<Vec<_>>(), 0)
}

fn edges() -> impl Strategy<Value = Vec<Edge<u8, u8>>> {
    // Small weights make ties, negative ones must not be taken, and an edge may come twice.
    let weight = prop_oneof![-3..6_i128, 0..1_000_000_000_000_i128];
    let edge = (0..7_u8, 0..7_u8, weight).prop_map(|(row, column, weight)| Edge { row, column, weight });
    prop::collection::vec(edge, 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_is_the_best_that_can_be_tried(edges in edges(), bids_a_row in 0..3_usize) {
        let (best, few) = (assign(&edges), assign_with(bids_a_row, &edges));
        prop_assert_eq!(best.weight, brute_force(&edges));
        prop_assert_eq!(few.weight, best.weight);
        prop_assert!(best.proves_itself(&edges) && few.proves_itself(&edges));
    }

    #[test]
    fn nothing_is_taken_twice_or_invented(edges in edges(), bids_a_row in 0..3_usize) {
        let best = assign_with(bids_a_row, &edges);
        let mut columns: Vec<_> = best.pairs.iter().map(|(_, column)| column).collect();
        columns.sort_unstable();
        prop_assert!(best.pairs.windows(2).all(|two| two[0].0 < two[1].0), "a row twice");
        prop_assert!(columns.windows(2).all(|two| two[0] < two[1]), "a column twice");
        let weight_of = |&(row, column): &(u8, u8)| {
            edges.iter().filter(|edge| (edge.row, edge.column) == (row, column) && edge.weight > 0).map(|edge| edge.weight).max()
        };
        let weights: Option<i128> = best.pairs.iter().map(weight_of).sum();
        prop_assert_eq!(weights, Some(best.weight));
    }

    #[test]
    fn the_order_of_edges_changes_nothing((edges, shuffled) in edges().prop_flat_map(|edges| {
        (Just(edges.clone()), Just(edges).prop_shuffle())
    })) {
        prop_assert_eq!(assign(&edges), assign(&shuffled));
    }
}

#[test]
fn large_ones_prove_themselves() {
    // Weights that are close to each other make long paths; those of few kinds make ties.
    for kinds in [3, 50, 1_000_003] {
        let edge = |row: u64, column: u64| {
            let mixed = (row * 7_919 + column * 104_729).wrapping_mul(2_654_435_761) >> 7;
            Edge { row, column, weight: i128::from(mixed % kinds) }
        };
        let all: Vec<_> = (0..60).flat_map(|row| (0..50).map(move |column| edge(row, column))).collect();
        assert!(assign(&all).proves_itself(&all) && assign_with(0, &all).proves_itself(&all));
        let some: Vec<_> = all.iter().filter(|edge| (edge.row * 31 + edge.column * 17) % 9 == 0).copied().collect();
        assert!(assign(&some).proves_itself(&some) && assign_with(0, &some).proves_itself(&some));
    }
}

#[test]
fn hostile_numbers_neither_panic_nor_win() {
    assert_eq!(assign::<u8, u8>(&[]).pairs, []);
    let edge = |row, column, weight| Edge { row, column, weight };
    let edges = [
        edge(u64::MAX, 0, i128::MAX),
        edge(u64::MAX, u64::MAX, i128::MAX),
        edge(0, 0, i128::MAX),
        edge(0, u64::MAX, i128::MIN),
        edge(1, 0, i128::MIN),
    ];
    let best = assign(&edges);
    assert_eq!(best.pairs, [(0, 0), (u64::MAX, u64::MAX)]);
    assert!(best.proves_itself(&edges));
}
