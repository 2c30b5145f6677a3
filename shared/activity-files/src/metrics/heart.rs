//! The heart: how fast for how long, training impulse, and how the intervals between beats vary.

use super::series::Stretch;

/// For how many seconds the heart beat at which rate; the index is the rate in beats a minute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeartRates(pub [u32; 256]);

impl HeartRates {
    /// Rates at which it beat at all, rising, and for how many seconds each.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u32)> {
        (0_u8..=255).zip(self.0).filter(|(_, seconds)| *seconds > 0)
    }
}

/// The rates of a heart; 0 and what no heart does are no readings.
pub fn heart_rates(stretches: &[Stretch]) -> HeartRates {
    let mut rates = HeartRates([0; 256]);
    for value in stretches.iter().flat_map(|stretch| &stretch.values) {
        if let Some(seconds) =
            usize::try_from(*value).ok().filter(|rate| *rate > 0).and_then(|rate| rates.0.get_mut(rate))
        {
            *seconds += 1;
        }
    }
    rates
}

/// How much more an effort costs than an easy one: Banister's two curves of lactate over heart rate reserve, measured on
/// men and on women.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weighting {
    /// 0.64 · e^(1.92 x)
    Men,
    /// 0.86 · e^(1.67 x)
    Women,
}

/// Banister's training impulse in tenths: minutes, each weighted by its share of the heart rate reserve. None if the
/// maximum is not above the rate at rest. Rates outside the two count as the nearer one.
pub fn trimp(rates: impl Iterator<Item = (u8, u32)>, resting: u8, maximum: u8, weighting: Weighting) -> Option<u32> {
    let reserve = maximum.checked_sub(resting).filter(|reserve| *reserve > 0)?;
    let (factor, power) = match weighting {
        Weighting::Men => (0.64, 1.92),
        Weighting::Women => (0.86, 1.67),
    };
    let impulse: f64 = rates
        .map(|(rate, seconds)| {
            let share = f64::from(rate.clamp(resting, maximum) - resting) / f64::from(reserve);
            f64::from(seconds) / 60.0 * share * factor * (power * share).exp()
        })
        .sum();
    // A float saturates when it becomes an integer.
    Some((impulse * 10.0).round() as u32)
}

/// How intervals between beats vary, in the time domain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Variability {
    /// Root mean square of successive differences, in microseconds.
    pub rmssd_us: u32,
    /// Standard deviation of the intervals (of a sample), in microseconds.
    pub sdnn_us: u32,
    /// Of a thousand successive differences, how many are greater than 50 ms.
    pub pnn50_permille: u16,
    /// Of how many intervals these are figures.
    pub intervals: u32,
}

/// Intervals in milliseconds that a heart may have: 20 to 240 beats a minute. Others are a strap that slipped.
const PLAUSIBLE: std::ops::RangeInclusive<u16> = 250..=3_000;

/// The figures of intervals in milliseconds; none of fewer than two that follow each other. Implausible intervals are
/// left out, and so are the differences to them.
pub fn variability(rr: &[u16]) -> Option<Variability> {
    let plausible = |interval: &u16| PLAUSIBLE.contains(interval);
    let (mut count, mut sum, mut squares) = (0_u128, 0_u128, 0_u128);
    for interval in rr.iter().filter(|interval| plausible(interval)) {
        count += 1;
        sum += u128::from(*interval);
        squares += u128::from(*interval).pow(2);
    }
    let (mut pairs, mut successive, mut great) = (0_u128, 0_u128, 0_u128);
    for pair in rr.windows(2).filter(|pair| pair.iter().all(plausible)) {
        let difference = pair[0].abs_diff(pair[1]);
        pairs += 1;
        successive += u128::from(difference).pow(2);
        great += u128::from(difference > 50);
    }
    if pairs == 0 {
        return None;
    }
    // Σ(x − mean)² · n = n Σx² − (Σx)²
    let spread = count * squares - sum * sum;
    Some(Variability {
        rmssd_us: root(successive * 1_000_000, pairs),
        sdnn_us: root(spread * 1_000_000, count * (count - 1)),
        pnn50_permille: u16::try_from((great * 1_000 + pairs / 2) / pairs).unwrap_or(u16::MAX),
        intervals: u32::try_from(count).unwrap_or(u32::MAX),
    })
}

/// The root of a fraction, rounded to the nearest.
fn root(numerator: u128, denominator: u128) -> u32 {
    let floor = (numerator / denominator).isqrt();
    // (floor + ½)² · 4
    let rounded = if (2 * floor + 1).pow(2) * denominator <= 4 * numerator { floor + 1 } else { floor };
    u32::try_from(rounded).unwrap_or(u32::MAX)
}
