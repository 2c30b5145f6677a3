//! The pure rules, by what must hold for any person.

use contracts::training::Effort;
use kernel::{AccountId, Sport, Timestamp, WorkoutId};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use training::day::{Day, day_at_offset};
use training::load::{WARM_UP, curves};
use training::records::Records;
use training::workout::{Load, Source, Workout};

fn day(text: &str) -> Day {
    text.to_owned().try_into().unwrap()
}

fn workout(n: u128, watts: u32, seconds: u32) -> Workout {
    Workout {
        id: WorkoutId::from_bits(n),
        person: AccountId::from_bits(1),
        diary: None,
        day: day("2030-01-07"),
        started_at: Timestamp::from_millis(0),
        sport: Sport::Cycling,
        seconds: 0,
        distance_m: None,
        load: Load::default(),
        efforts: vec![(Effort::Power(300), watts), (Effort::Distance(1_000), seconds)],
        planned: None,
        source: Source::Hand { request: String::new(), note: None },
        counts: true,
    }
}

#[test]
fn days_are_read_as_they_are_written() {
    assert_eq!(day("2028-02-28").plus(1), day("2028-02-29"));
    assert_eq!(day("2028-03-01").since(day("2028-02-28")), 2);
    for text in [
        "2030-02-29",
        "30-01-01",
        "2030-1-1",
        "10000-01-01",
        "-0001-01-01",
        "2030-01-01T00:00:00Z",
        "",
    ] {
        assert!(Day::try_from(text.to_owned()).is_err(), "{text}");
    }
    let moment: Timestamp = "2030-01-07T23:30:00Z".parse().unwrap();
    assert_eq!((day_at_offset(moment, 60), day_at_offset(moment, -1)), (day("2030-01-08"), day("2030-01-07")));
}

proptest! {
    /// Whatever comes in which order, and whatever is deleted again: the best of what is left holds the record.
    #[test]
    fn records_are_those_of_what_is_left(
        efforts in vec((1_u32..50, 1_u32..50), 1..20),
        order in any::<prop::sample::Index>(),
        deleted in vec(any::<bool>(), 20),
    ) {
        let mut workouts: Vec<Workout> = efforts.iter().zip(1..).map(|((watts, seconds), n)| workout(n, *watts, *seconds)).collect();
        let turn = order.index(workouts.len());
        workouts.rotate_left(turn);
        let mut records = Records::new(AccountId::from_bits(1), Sport::Cycling);
        for workout in &workouts {
            let (next, set) = records.with(workout);
            for (effort, value) in set {
                prop_assert_eq!(next.holder(effort).map(|mark| (mark.workout, mark.value)), Some((workout.id, value)));
            }
            let again = next.with(workout);
            prop_assert_eq!((&again.0, again.1.len()), (&next, 0), "twice is once");
            records = next;
        }
        for (workout, _) in workouts.iter().zip(&deleted).filter(|(_, deleted)| **deleted) {
            records = records.without(workout.id);
        }
        let left = || workouts.iter().zip(&deleted).filter(|(_, deleted)| !**deleted).map(|(workout, _)| workout);
        let holder = |effort| records.holder(effort).map(|mark| mark.value);
        prop_assert_eq!(holder(Effort::Power(300)), left().map(|workout| workout.efforts[0].1).max());
        prop_assert_eq!(holder(Effort::Distance(1_000)), left().map(|workout| workout.efforts[1].1).min());
    }

    /// The curves in integers are those in floats, to a tenth.
    #[test]
    fn curves_are_exponentially_weighted_means(loads in vec(0_i64..5_000, 1..200)) {
        let first = day("2030-01-07");
        let days: BTreeMap<Day, i64> = loads.iter().zip(0..).map(|(load, n)| (first.plus(n), *load)).collect();
        let curves = curves(&days, first, first.plus(250));
        prop_assert_eq!(curves.len(), 251);
        let (mut fitness, mut fatigue) = (0.0, 0.0);
        for (curve, n) in curves.iter().zip(0..) {
            prop_assert!((curve.form as f64 - (fitness - fatigue)).abs() < 1.1);
            let load = loads.get(n).map_or(0.0, |load| *load as f64);
            fitness += (load - fitness) / 42.0;
            fatigue += (load - fatigue) / 7.0;
            prop_assert!((curve.fitness as f64 - fitness).abs() < 0.6, "{} {}", curve.fitness, fitness);
            prop_assert!((curve.fatigue as f64 - fatigue).abs() < 0.6, "{} {}", curve.fatigue, fatigue);
        }
        prop_assert!(WARM_UP > 0);
    }
}
