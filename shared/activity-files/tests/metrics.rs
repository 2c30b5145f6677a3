//! The figures by what must hold for any activity.

use activity_files::metrics::{
    HeartRates, Stretch, Weighting, best_distances, best_powers, heart_rates, power, stress_tenths, stretches, trimp,
    variability,
};
use activity_files::{Activity, Format, Pause, Stated};
use chunk_codec::{Channel, Kind};
use kernel::Sport;
use proptest::collection::vec;
use proptest::prelude::*;

/// An activity of records at these seconds.
fn activity(kind: Kind, readings: &[(i64, i64)], pauses: &[(i64, i64)]) -> Activity {
    let times: Vec<i64> = readings.iter().map(|(second, _)| second * 1_000).collect();
    Activity {
        format: Format::Fit,
        damage: None,
        serial: None,
        sport: Sport::Cycling,
        utc_offset_minutes: None,
        start: times[0],
        end: times[times.len() - 1],
        channels: vec![Channel {
            kind,
            values: readings.iter().map(|(_, value)| Some(*value)).collect(),
        }],
        times,
        laps: vec![],
        pauses: pauses.iter().map(|(from, until)| Pause { from: from * 1_000, until: until * 1_000 }).collect(),
        rr: vec![],
        stated: Stated::default(),
    }
}

fn steady(watts: i64, seconds: i64) -> Vec<Stretch> {
    stretches(&activity(Kind::POWER, &(0..seconds).map(|at| (at, watts)).collect::<Vec<_>>(), &[]), Kind::POWER)
}

#[test]
fn an_hour_at_the_threshold_is_a_hundred() {
    let hour = power(&steady(250, 3_629)).unwrap();
    assert_eq!((hour.normalised_tenths, hour.average_watts, hour.stress_seconds), (Some(2_500), 250, 3_600));
    assert_eq!(stress_tenths(2_500, 3_600, 250), Some(1_000));
    assert_eq!(stress_tenths(2_500, 3_600, 0), None, "nobody has no threshold");
}

#[test]
fn less_than_half_a_minute_has_no_normalised_power() {
    let short = power(&steady(250, 29)).unwrap();
    assert_eq!((short.normalised_tenths, short.work_joules, short.stress_seconds), (None, 7_250, 0));
    assert_eq!(power(&[]), None);
}

/// 20 minutes, 20 minutes of coffee, 20 minutes: the coffee is neither zeros nor a bridge.
#[test]
fn pauses_are_not_zeros() {
    let rides = (0..1_200).chain(2_400..3_600).map(|at| (at, 200)).collect::<Vec<_>>();
    let paused = stretches(&activity(Kind::POWER, &rides, &[(1_200, 2_400)]), Kind::POWER);
    assert_eq!(paused.len(), 2);
    assert_eq!(power(&paused).unwrap().normalised_tenths, Some(2_000));
    assert_eq!(power(&paused).unwrap().seconds, 2_400);
    // But for a best effort the clock goes on.
    assert_eq!(best_powers(&paused, &[1_200, 2_400, 3_600, 3_601]), [(1_200, 200), (2_400, 100), (3_600, 133)]);
}

#[test]
fn readings_hold_for_some_seconds_and_what_was_recorded_in_a_pause_does_not_count() {
    let series = |readings: &[(i64, i64)], pauses: &[(i64, i64)]| {
        stretches(&activity(Kind::POWER, readings, pauses), Kind::POWER)
    };
    let one = |from, values: &[i64]| Stretch { from, values: values.to_vec() };
    assert_eq!(series(&[(0, 1), (3, 2)], &[]), [one(0, &[1, 1, 1, 2])]);
    assert_eq!(series(&[(0, 1), (11, 2)], &[]), [one(0, &[1]), one(11, &[2])]);
    assert_eq!(series(&[(0, 1), (5, 9), (8, 2)], &[(3, 7)]), [one(0, &[1, 1, 1]), one(8, &[2])]);
    assert_eq!(series(&[(0, 1), (0, 2), (1, 3)], &[]), [one(0, &[2, 3])]);
}

#[test]
fn an_hour_at_the_maximum_is_the_most_of_an_hour() {
    let rates = |rate: u8| [(rate, 3_600)].into_iter();
    assert_eq!(trimp(rates(190), 50, 190, Weighting::Men), Some(2_619), "60 · 0.64 · e^1.92 = 261.9");
    assert_eq!(trimp(rates(190), 50, 190, Weighting::Women), Some(2_741), "60 · 0.86 · e^1.67 = 274.1");
    assert_eq!(trimp(rates(250), 50, 190, Weighting::Men), Some(2_619), "a rate above the maximum is the maximum");
    assert_eq!(trimp(rates(40), 50, 190, Weighting::Men), Some(0));
    assert_eq!(trimp(rates(120), 60, 60, Weighting::Men), None);
    assert_eq!(trimp(rates(120), 50, 190, Weighting::Men), Some(501), "30 · 0.64 · e^0.96 = 50.1");
}

#[test]
fn heart_rates_are_counted_by_the_second() {
    let rates = heart_rates(&stretches(
        &activity(Kind::HEART_RATE, &[(0, 120), (2, 0), (3, 300), (4, 121), (5, 120)], &[]),
        Kind::HEART_RATE,
    ));
    assert_eq!(rates.iter().collect::<Vec<_>>(), [(120, 3), (121, 1)]);
    assert_eq!(HeartRates([0; 256]).iter().count(), 0);
}

#[test]
fn a_strap_that_slips_does_not_vary_the_heart() {
    assert_eq!(variability(&[]), None);
    assert_eq!(variability(&[800]), None);
    assert_eq!(variability(&[800, 60_000, 900]), None, "no two follow each other");
    let figures = variability(&[800, 860, 60_000, 10, 800, 850]).unwrap();
    assert_eq!((figures.intervals, figures.pnn50_permille), (4, 500));
    assert_eq!(figures.rmssd_us, 55_227, "√((60² + 50²) / 2)");
}

#[test]
fn a_lost_signal_makes_no_record() {
    // A kilometre in one second, then ten seconds at 5 m/s.
    let ways: Vec<(i64, i64)> =
        std::iter::once((0, 0)).chain((1..=11).map(|at| (at, 100_000 + 500 * (at - 1)))).collect();
    let ride = activity(Kind::DISTANCE, &ways, &[]);
    assert_eq!(best_distances(&ride, &[1_000, 50]), [(50, 10_000)]);
    let counter = activity(Kind::DISTANCE, &[(0, 900), (1, 1_400), (2, 0), (3, 500)], &[]);
    assert_eq!(best_distances(&counter, &[10]), [(10, 3_000)], "a counter that begins anew goes on");
}

proptest! {
    #[test]
    fn normalised_power_lies_between_the_mean_and_the_highest(watts in vec(0_i64..1_500, 30..400)) {
        let readings: Vec<(i64, i64)> = (0..).zip(watts.iter().copied()).collect();
        let figures = power(&stretches(&activity(Kind::POWER, &readings, &[]), Kind::POWER)).unwrap();
        let tenths = figures.normalised_tenths.unwrap();
        prop_assert!(tenths <= u32::try_from(watts.iter().max().unwrap() * 10).unwrap());
        prop_assert_eq!(figures.work_joules, u64::try_from(watts.iter().sum::<i64>()).unwrap());
        // The mean of the means is below the root of their mean fourth power.
        let means: Vec<f64> = watts.windows(30).map(|window| window.iter().sum::<i64>() as f64 / 30.0).collect();
        prop_assert!(f64::from(tenths) + 0.51 >= means.iter().sum::<f64>() / means.len() as f64 * 10.0);
        let exact = (means.iter().map(|mean| mean.powi(4)).sum::<f64>() / means.len() as f64).powf(0.25) * 10.0;
        prop_assert!((f64::from(tenths) - exact).abs() < 0.51, "{} {}", tenths, exact);
    }

    #[test]
    fn best_power_is_that_of_every_window_tried(watts in vec(0_i64..1_500, 1..200), window in 1_u32..250) {
        let readings: Vec<(i64, i64)> = (0..).zip(watts.iter().copied()).collect();
        let found = best_powers(&stretches(&activity(Kind::POWER, &readings, &[]), Kind::POWER), &[window]);
        let tried = watts.windows(window as usize).map(|window| window.iter().sum::<i64>() / window.len() as i64).max();
        prop_assert_eq!(found.first().map(|best| i64::from(best.1)), tried);
    }

    #[test]
    fn no_effort_is_faster_than_the_best(steps in vec((1_i64..5, 0_i64..2_000), 2..80), metres in 1_u32..200) {
        let mut ways = vec![(0, 0)];
        for (seconds, centimetres) in steps {
            let (time, way) = ways[ways.len() - 1];
            ways.push((time + seconds, way + centimetres));
        }
        let found = best_distances(&activity(Kind::DISTANCE, &ways, &[]), &[metres]);
        let distance = i64::from(metres) * 100;
        let tried = ways.iter().flat_map(|one| ways.iter().map(move |other| (other.0 - one.0, other.1 - one.1)));
        let tried = tried.filter(|(_, way)| *way >= distance).map(|(time, _)| time * 1_000).min();
        match (found.first(), tried) {
            (Some((_, best)), Some(tried)) => prop_assert!(*best <= tried && *best * 2_000 >= distance, "{best} {tried}"),
            (found, tried) => prop_assert_eq!(found.map(|best| best.1), tried),
        }
    }
}
