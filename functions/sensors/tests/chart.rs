//! Charts, without a cloud: which tier, and which points; and rows as bytes.

use chunk_codec::{Channel, Chunk, Kind};
use proptest::prelude::*;
use sensors::chart::{MOST_POINTS, Point, TooLong, thin, tier};
use sensors::rollup::{DAY, HOUR, MINUTE, Row, Rows, Tier, pack, total, unpack};
use std::collections::BTreeMap;

fn points(heights: &[i64]) -> Vec<Point> {
    (0..).zip(heights).map(|(n, height)| Point { at: n * 1000, row: Row::of(*height) }).collect()
}

#[test]
fn every_range_has_a_tier_of_few_rows() {
    assert_eq!(tier(1), Ok(None));
    assert_eq!(tier(2 * HOUR), Ok(None));
    assert_eq!(tier(2 * HOUR + 1), Ok(Some(Tier::Minutes)));
    assert_eq!(tier(DAY), Ok(Some(Tier::Minutes)));
    assert_eq!(tier(2 * DAY), Ok(Some(Tier::Hours)));
    assert_eq!(tier(366 * DAY), Ok(Some(Tier::Days)));
    assert_eq!(tier(2000 * DAY), Err(TooLong));
    assert_eq!(tier(i64::MAX), Err(TooLong));
    for length in [
        2 * HOUR + 1,
        1998 * MINUTE,
        1998 * MINUTE + 1,
        2000 * MINUTE,
        1998 * HOUR,
        1999 * HOUR,
        1998 * DAY,
    ] {
        let tier = tier(length).unwrap().unwrap();
        // A range that begins inside a stretch touches one more, and its end yet another.
        assert!(length / tier.stretch() + 2 <= i64::try_from(MOST_POINTS).unwrap(), "{length}");
    }
}

#[test]
fn a_peak_is_never_lost() {
    for peak in [1, 17, 5_000, 9_998] {
        let mut heights = vec![100; 10_000];
        heights[peak] = 900;
        let shown = thin(points(&heights), 50);
        assert!(shown.len() <= 50);
        assert!(shown.iter().any(|point| point.row.max == 900), "the one at {peak}");
    }
}

#[test]
fn a_day_at_the_bounds_of_the_widest_channel_is_packed_exactly() {
    // A hundred readings a second, half of them still and half as fast as can be.
    let row = |count: i64, value: i64| Row {
        count,
        min: value,
        max: value,
        sum: i128::from(count * value),
        squares: i128::from(count) * i128::from(value) * i128::from(value),
        last: value,
    };
    let day = row(4_320_000, 0).then(row(4_320_000, 150_000));
    let rows: Rows = (0..10).map(|n| (n * DAY, BTreeMap::from([(Kind::SPEED, day)]))).collect();
    let bytes = pack(Tier::Days, 0, &rows).unwrap();
    assert_eq!(unpack(Tier::Days, 0, &bytes), Some(rows));
}

#[test]
fn what_fits_is_shown_as_it_is() {
    let few = points(&[3, 1, 2]);
    assert_eq!(thin(few.clone(), 3), few);
    assert_eq!(thin(Vec::new(), 3), Vec::new());
}

fn row() -> impl Strategy<Value = Row> {
    prop::collection::vec(-1000i64..1_000_000_000, 1..6)
        .prop_map(|values| values.into_iter().map(Row::of).reduce(Row::then).unwrap())
}

/// What an item of a tier may have: any of its stretches, from any beginning.
fn item() -> impl Strategy<Value = (Tier, i64, Rows)> {
    let tier = prop_oneof![Just(Tier::Minutes), Just(Tier::Hours), Just(Tier::Days)];
    (tier, -1000i64..100_000).prop_flat_map(|(tier, number)| {
        let begin = number * tier.span();
        let kinds = prop::collection::btree_map((0u16..120).prop_map(Kind), row(), 1..14);
        let at = (0..tier.span() / tier.stretch()).prop_map(move |n| begin + n * tier.stretch());
        (Just(tier), Just(begin), prop::collection::btree_map(at, kinds, 0..30))
    })
}

proptest! {
    #[test]
    fn rows_come_back_from_their_bytes((tier, begin, rows) in item()) {
        let bytes = pack(tier, begin, &rows).unwrap();
        prop_assert_eq!(unpack(tier, begin, &bytes), Some(rows));
    }

    #[test]
    fn damaged_bytes_are_noticed_or_harmless(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        unpack(Tier::Hours, 0, &bytes);
    }

    #[test]
    fn a_chunk_of_anything_is_noticed_or_harmless(
        mut places in prop::collection::vec(any::<i64>(), 1..20),
        values in prop::collection::vec(any::<i64>(), 120),
        columns in 5usize..8,
    ) {
        places.sort_unstable();
        let column = |n: usize| (0..places.len()).map(|at| Some(values[(n * 20 + at) % 120])).collect();
        let channels = (1024..).zip(0..columns).map(|(kind, n)| Channel { kind: Kind(kind), values: column(n) });
        let chunk = Chunk::new(places.clone(), channels.collect()).unwrap();
        unpack(Tier::Minutes, 0, &chunk_codec::encode(&chunk));
    }

    #[test]
    fn sums_do_not_depend_on_where_they_are_cut(values in prop::collection::vec(-200i64..5000, 1..100), cut in 0usize..100) {
        let whole = values.iter().copied().map(Row::of).reduce(Row::then).unwrap();
        let (one, two) = values.split_at(cut.min(values.len()));
        let part = |part: &[i64]| part.iter().copied().map(Row::of).reduce(Row::then);
        let parts: Rows = [(0, part(one)), (MINUTE, part(two))]
            .into_iter()
            .filter_map(|(at, row)| Some((at, BTreeMap::from([(Kind::POWER, row?)]))))
            .collect();
        prop_assert_eq!(total(&parts)[&Kind::POWER], whole);
        prop_assert_eq!(whole.squares, values.iter().map(|value| i128::from(value * value)).sum::<i128>());
    }

    #[test]
    fn a_chart_has_no_more_points_than_are_wanted_in_order_and_of_the_data(
        heights in prop::collection::vec(-500i64..5000, 0..3000),
        wanted in 3usize..400,
    ) {
        let all = points(&heights);
        let shown = thin(all.clone(), wanted);
        prop_assert!(shown.len() <= wanted);
        prop_assert!(shown.is_sorted_by(|one, next| one.at < next.at));
        prop_assert!(shown.iter().all(|point| all[usize::try_from(point.at / 1000).unwrap()] == *point));
        prop_assert_eq!(shown.first(), all.first());
        prop_assert_eq!(shown.last(), all.last());
        if heights.len() > wanted {
            prop_assert!(shown.len() > wanted / 2);
        }
    }
}
