//! Readings at each second of the time that counts.

use crate::activity::Activity;
use chunk_codec::Kind;

/// For how many seconds a reading holds at most.
pub const HOLD_SECONDS: i64 = 10;

/// Readings of each second on end: no pause between them, and nothing missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// When it begins, in seconds after the activity did.
    pub from: i64,
    /// One reading a second, at least one.
    pub values: Vec<i64>,
}

/// The readings of a kind as stretches, in order. Records within a pause do not count.
pub fn stretches(activity: &Activity, kind: Kind) -> Vec<Stretch> {
    let Some(values) = activity.channel(kind) else {
        return Vec::new();
    };
    let mut grid = Grid { stretches: Vec::new(), until: i64::MIN };
    let mut pauses = activity.pauses.iter().peekable();
    let mut readings = activity.times.iter().zip(values).filter_map(|(time, value)| value.map(|value| (*time, value)));
    let mut current = readings.next();
    while let Some((time, value)) = current {
        let next = readings.next();
        while pauses.next_if(|pause| pause.until <= time).is_some() {}
        let paused = pauses.peek().is_some_and(|pause| pause.from < time);
        let stop = pauses.peek().map_or(i64::MAX, |pause| pause.from.max(time + 1_000));
        let end = next.map_or(time + 1_000, |(next, _)| next);
        if !paused {
            let known = if end - time > HOLD_SECONDS * 1_000 { time + 1_000 } else { end.min(stop) };
            grid.hold(time - activity.start, known - activity.start, value);
        }
        current = next;
    }
    grid.stretches
}

struct Grid {
    stretches: Vec<Stretch>,
    /// The second up to which there are readings.
    until: i64,
}

impl Grid {
    /// A reading at every full second of `from..until`, in milliseconds; of several records within a second the first
    /// one stands for it, of several at one moment the last.
    fn hold(&mut self, from: i64, until: i64, value: i64) {
        let first = from.div_euclid(1_000).max(self.until);
        let last = (until + 999).div_euclid(1_000);
        // What begins within the second in which the one before it ends follows on.
        let seconds = usize::try_from(last - first).unwrap_or(0);
        if seconds == 0 {
            return;
        }
        if first != self.until || self.stretches.is_empty() {
            self.stretches.push(Stretch { from: first, values: Vec::new() });
        }
        if let Some(stretch) = self.stretches.last_mut() {
            stretch.values.resize(stretch.values.len() + seconds, value);
        }
        self.until = last;
    }
}
