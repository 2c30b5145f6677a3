//! Power: normalised power and training stress (Coggan).

use super::series::{HOLD_SECONDS, Stretch};

/// Seconds over which power is averaged before its fourth power is taken.
const WINDOW: usize = 30;

/// What the power of an activity amounts to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Power {
    /// Watts summed over seconds: joules.
    pub work_joules: u64,
    /// Seconds with a reading.
    pub seconds: u32,
    /// The mean in watts, rounded.
    pub average_watts: u16,
    /// Normalised power in tenths of a watt, rounded; none if no stretch is half a minute long.
    pub normalised_tenths: Option<u32>,
    /// Seconds that count for training stress: those with a reading, less the first 29, for which there is no mean of 30
    /// seconds yet. That is what devices go by.
    pub stress_seconds: u32,
}

/// The figures of power; none without readings. Normalised power is the fourth root of the mean fourth power of means
/// over 30 seconds. After a pause of more than [`HOLD_SECONDS`] these begin anew, or the effort before it would count for
/// the time after it; so the figures of devices with long pauses and with short ones are met.
pub fn power(stretches: &[Stretch]) -> Option<Power> {
    let (mut work, mut seconds) = (0_u64, 0_u32);
    let (mut fourth, mut means) = (0_u128, 0_u128);
    let (mut window, mut ends) = (Window::default(), i64::MIN);
    for stretch in stretches {
        if stretch.from.saturating_sub(ends) > HOLD_SECONDS {
            window = Window::default();
        }
        for value in &stretch.values {
            let watts = watts(*value);
            work += watts;
            seconds += 1;
            if let Some(sum) = window.take(watts) {
                fourth += u128::from(sum).pow(4);
                means += 1;
            }
        }
        ends = stretch.from + i64::try_from(stretch.values.len()).unwrap_or(0);
    }
    if seconds == 0 {
        return None;
    }
    // (10 · root of (fourth / (means · 30⁴)))⁴
    let tenths = (means > 0).then(|| fourth_root(fourth * 10_000 / (means * 810_000)));
    Some(Power {
        work_joules: work,
        seconds,
        average_watts: u16::try_from((work + u64::from(seconds) / 2) / u64::from(seconds)).unwrap_or(u16::MAX),
        normalised_tenths: tenths.and_then(|tenths| u32::try_from(tenths).ok()),
        stress_seconds: seconds.saturating_sub(WINDOW as u32 - 1),
    })
}

/// The last seconds' power.
#[derive(Default)]
struct Window {
    last: [u64; WINDOW],
    taken: usize,
    sum: u64,
}

impl Window {
    /// One second more; the sum over the window once it is full.
    fn take(&mut self, watts: u64) -> Option<u64> {
        let at = self.taken % WINDOW;
        self.sum = self.sum + watts - self.last[at];
        self.last[at] = watts;
        self.taken += 1;
        (self.taken >= WINDOW).then_some(self.sum)
    }
}

/// Power as it can be: no meter says more, and the sums below stay within their bounds.
fn watts(value: i64) -> u64 {
    u64::try_from(value.clamp(0, 10_000)).unwrap_or(0)
}

/// The fourth root, rounded to the nearest.
fn fourth_root(value: u128) -> u128 {
    let floor = value.isqrt().isqrt();
    // (floor + ½)⁴ · 16
    if (2 * floor + 1).pow(4) <= 16 * value { floor + 1 } else { floor }
}

/// Training stress score in tenths: 1000 are an hour at the threshold. None without a threshold.
pub fn stress_tenths(normalised_tenths: u32, seconds: u32, threshold_watts: u16) -> Option<u32> {
    let threshold = u128::from(threshold_watts).pow(2) * 100 * 3_600;
    let score = u128::from(normalised_tenths).pow(2) * u128::from(seconds) * 1_000;
    let rounded = (score + threshold / 2).checked_div(threshold)?;
    Some(u32::try_from(rounded).unwrap_or(u32::MAX))
}
