//! Whatever batches come, in whatever order, cut and repeated however: what is read is what a model says, and the
//! rollups are what the readings come to.

use crate::support::{HOUR, MINUTE, SECOND, counted, lasting, morning, person, rows, send, with_device};
use kernel::Timestamp;
use proptest::prelude::*;
use sensors::rollup::{self, Tier};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a device sends, or what happens meanwhile.
#[derive(Clone, Debug)]
enum Step {
    /// Batch so-and-so from this second on, with a reading of each channel (or none) every so many seconds.
    Send {
        from: i64,
        step: i64,
        rows: Vec<[Option<i64>; 2]>,
    },
    /// An earlier batch again.
    Again(usize),
    /// Time passes, and hours are closed.
    Close(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let reading = || prop::option::weighted(0.8, 0i64..250);
    let row = (reading(), reading()).prop_map(|(one, two)| [one, two]);
    let batch = (0i64..7000, 1i64..90, prop::collection::vec(row, 1..40)).prop_map(|(from, step, rows)| Step::Send {
        from,
        step,
        rows,
    });
    let step = prop_oneof![
        6 => batch,
        2 => any::<usize>().prop_map(Step::Again),
        1 => (1i64..40).prop_map(Step::Close),
    ];
    prop::collection::vec(step, 1..14)
}

fn body(base: i64, from: i64, step: i64, rows: &[[Option<i64>; 2]]) -> Value {
    let row = |(n, [one, two]): (i64, &[Option<i64>; 2])| json!([n * step * SECOND, one, two]);
    json!({
        "from": Timestamp::from_millis(base + from * SECOND),
        "channels": [{ "name": "power", "unit": "W" }, { "name": "heart-rate", "unit": "bpm" }],
        "rows": (0..).zip(rows).map(row).collect::<Vec<_>>(),
    })
}

type Model = BTreeMap<i64, [Option<i64>; 2]>;

fn remember(model: &mut Model, base: i64, from: i64, step: i64, rows: &[[Option<i64>; 2]]) {
    for (n, row) in (0..).zip(rows) {
        let known = model.entry(base + (from + n * step) * SECOND).or_default();
        *known = [known[0].or(row[0]), known[1].or(row[1])];
    }
    model.retain(|_, row| *row != [None, None]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn readings_and_rollups_are_what_a_model_says(steps in steps()) {
        let (stage, device) = with_device();
        let base = morning(&stage) - 2 * HOUR;
        let (mut model, mut sent): (Model, Vec<(String, Value)>) = (Model::new(), Vec::new());
        for step in steps {
            stage.pass(Duration::from_secs(1));
            match step {
                Step::Send { from, step, rows } => {
                    let (key, body) = (format!("the-batch-number-{:04}", sent.len()), body(base, from, step, &rows));
                    let answer = send(&stage, device, &key, &body);
                    match rows.iter().flatten().any(Option::is_some) {
                        true => prop_assert_eq!(answer.status_code, 201, "{}", answer.body),
                        false => prop_assert_eq!(answer.status_code, 422, "{}", answer.body),
                    }
                    remember(&mut model, base, from, step, &rows);
                    if answer.status_code == 201 {
                        sent.push((key, body));
                    }
                }
                Step::Again(which) if !sent.is_empty() => {
                    let (key, body) = &sent[which % sent.len()];
                    prop_assert_eq!(send(&stage, device, key, body).status_code, 201);
                }
                Step::Again(_) => {}
                Step::Close(minutes) => {
                    stage.pass(lasting(minutes * MINUTE));
                    prop_assert!(stage.start("close-hours"));
                }
            }
        }
        let until = base + 4 * HOUR;
        let expected: Vec<Value> = model.iter().map(|(at, [power, rate])| json!([at, rate, power])).collect();
        let found: Vec<Value> = rows(&stage, &person(), device, base, until, 1000);
        let both = model.values().any(|row| row[0].is_some()) && model.values().any(|row| row[1].is_some());
        if both {
            prop_assert_eq!(&found, &expected);
        }
        prop_assert_eq!(found.len(), expected.len());
        stage.pass(lasting(6 * HOUR));
        prop_assert!(stage.start("close-hours"));
        for tier in [Tier::Minutes, Tier::Hours, Tier::Days] {
            let mut counts = BTreeMap::new();
            let mut squares = BTreeMap::new();
            for (at, row) in &model {
                let begin = at.div_euclid(tier.stretch()) * tier.stretch();
                *counts.entry(begin).or_insert(0) += row.iter().flatten().count();
                *squares.entry(begin).or_insert(0) += row.iter().flatten().map(|value| i128::from(value * value)).sum::<i128>();
            }
            let stored = crate::support::stored_rows(&stage, device, tier);
            let sums = |row: &BTreeMap<_, rollup::Row>| {
                let count: i64 = row.values().map(|row| row.count).sum();
                (usize::try_from(count).unwrap(), row.values().map(|row| row.squares).sum::<i128>())
            };
            let found: BTreeMap<i64, (usize, i128)> = stored.iter().map(|(at, row)| (*at, sums(row))).collect();
            let expected: BTreeMap<i64, (usize, i128)> =
                counts.iter().map(|(at, count)| (*at, (*count, squares[at]))).collect();
            prop_assert_eq!(found, expected);
        }
        let chart = crate::support::chart(&stage, device, base - 24 * HOUR, until, 2000);
        let rates = model.values().filter(|row| row[1].is_some()).count();
        prop_assert_eq!(counted(&chart), i64::try_from(rates).unwrap());
    }
}
