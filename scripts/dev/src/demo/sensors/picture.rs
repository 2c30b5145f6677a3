//! A ride as its charts show it, on a terminal.

use super::Home;
use super::proof::range_of;
use super::recording::Recording;
use crate::Outcome;
use kernel::{DeviceId, Timestamp};
use sensors::channel::Channel;
use serde_json::Value;

/// How wide a chart is, in characters.
const WIDTH: usize = 96;
/// How high, in lines of [`BLOCKS`].
const LINES: usize = 5;
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// What is drawn, and how its unit reads.
const DRAWN: [(Channel, &str); 3] = [
    (Channel::Power, "power, W"),
    (Channel::HeartRate, "heart rate, bpm"),
    (Channel::Altitude, "altitude, m"),
];

impl Home {
    /// Draws the longest recording that has most of what is drawn, by the charts that an app would ask for.
    #[allow(clippy::print_stdout, reason = "this is a command line")]
    pub(super) fn draw(&self, recordings: &[Recording], devices: &[DeviceId]) -> Outcome {
        let has = |recording: &Recording, channel: Channel| {
            recording.all.values().any(|row| row.contains_key(&channel.kind()))
        };
        let worth = |recording: &Recording| {
            let drawn = DRAWN.iter().filter(|(channel, _)| has(recording, *channel)).count();
            (drawn, recording.all.len())
        };
        let best = recordings.iter().zip(devices).max_by_key(|(recording, _)| worth(recording));
        let (recording, device) = best.ok_or("there is nothing to draw")?;
        let (from, until) = (recording.says.start, recording.says.end + 1);
        let time = |moment: i64| Timestamp::from_millis(moment).to_string()[..16].replace('T', " ");
        println!("\n{}, {} to {} UTC", recording.name, time(from), time(until));
        for (channel, name) in DRAWN.into_iter().filter(|(channel, _)| has(recording, *channel)) {
            let query = format!("channel={}&points=2000&{}", channel.name(), range_of(from, until));
            let chart = self.look("get-chart", *device, &query)?;
            println!("\n{name}");
            plot(&columns(&chart, from, until, channel)).iter().for_each(|line| println!("{line}"));
        }
        Ok(())
    }
}

/// The mean of each column of a chart, where there is one.
fn columns(chart: &Value, from: i64, until: i64, channel: Channel) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0.0); WIDTH];
    let width = i64::try_from(WIDTH).unwrap_or(1);
    for point in chart["points"].as_array().into_iter().flatten() {
        let at: Option<Timestamp> = point["at"].as_str().and_then(|at| at.parse().ok());
        // A stretch may begin before the ride does.
        let after = at.map_or(0, Timestamp::as_millis).saturating_sub(from).max(0);
        let column = usize::try_from(after * width / (until - from).max(1)).unwrap_or(0).min(WIDTH - 1);
        let number = |name: &str| point[name].as_f64().unwrap_or(0.0);
        sums[column].0 += number("sum");
        sums[column].1 += number("count");
    }
    let unit = |mean: f64| if channel == Channel::Altitude { mean / 5.0 - 500.0 } else { mean };
    sums.into_iter().map(|(sum, count)| (count > 0.0).then(|| unit(sum / count))).collect()
}

/// Columns as lines of text, the scale before them.
fn plot(columns: &[Option<f64>]) -> Vec<String> {
    let known = || columns.iter().flatten().copied();
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let steps = LINES * (BLOCKS.len() - 1);
    // The lowest column is one step high, so that it is seen.
    let height = |value: f64| 1 + ((value - low) / (high - low).max(1.0) * (steps - 1) as f64).round() as usize;
    let line = |n: usize| {
        let below = (LINES - 1 - n) * (BLOCKS.len() - 1);
        let block = |column: &Option<f64>| BLOCKS[column.map_or(0, height).saturating_sub(below).min(BLOCKS.len() - 1)];
        let scale = match n {
            0 => format!("{high:7.0} ┤"),
            n if n == LINES - 1 => format!("{low:7.0} ┤"),
            _ => format!("{:7} │", ""),
        };
        scale + columns.iter().map(block).collect::<String>().trim_end()
    };
    (0..LINES).map(line).collect()
}
