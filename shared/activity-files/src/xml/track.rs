//! Tracks and laps: records, and the pauses between their stretches.

use super::point::{Point, time};
use super::tag::Tag;
use crate::columns::Recording;
use crate::limits::Unreadable;
use kernel::Sport;

/// The tracks of a file while they are read.
pub struct Tracks {
    pub recording: Recording,
    /// Whether an activity is open: courses and routes have points too, whose times nobody has been at.
    inside: bool,
    point: Option<Point>,
    /// The last record's time.
    last: Option<i64>,
    /// Whether a stretch began since the last record: what lies between is a pause.
    fresh: bool,
}

impl Tracks {
    pub fn new(recording: Recording) -> Self {
        Tracks {
            recording,
            inside: false,
            point: None,
            last: None,
            fresh: false,
        }
    }

    /// An element begins.
    pub fn open(&mut self, tag: Tag, attribute: impl Fn(&str) -> Option<String>) {
        match tag {
            Tag::Activity => {
                self.inside = true;
                if let Some(sport) = attribute("Sport") {
                    self.is(sport_of(&sport));
                }
            }
            // A lap begins without a pause.
            Tag::Lap if self.inside => {
                self.last = None;
                if let Some(start) = attribute("StartTime").as_deref().and_then(time) {
                    if self.recording.laps.is_empty() {
                        self.recording.timer.push((start, true));
                    }
                    self.recording.laps.push(start);
                }
            }
            Tag::Segment => self.fresh = true,
            Tag::Point if self.inside => {
                let mut point = Point::default();
                for (name, tag) in [("lat", Tag::Latitude), ("lon", Tag::Longitude)] {
                    if let Some(value) = attribute(name) {
                        point.keep(tag, &value);
                    }
                }
                self.point = Some(point);
            }
            _ => {}
        }
    }

    /// An element ends.
    pub fn close(&mut self, tag: Tag, within: Option<Tag>, text: &str) -> Result<(), Unreadable> {
        match (tag, &mut self.point) {
            (Tag::Point, point) => {
                if let Some(point) = point.take() {
                    return self.record(&point);
                }
            }
            (Tag::Value, Some(point)) if within == Some(Tag::HeartRate) => point.keep(tag, text),
            (Tag::Value, _) => {}
            (_, Some(point)) if !text.is_empty() => point.keep(tag, text),
            (Tag::Type, None) if within == Some(Tag::Activity) => self.is(sport_of(text)),
            (Tag::Activity, None) => self.inside = false,
            _ => {}
        }
        Ok(())
    }

    /// A point without a time is none of a recording.
    fn record(&mut self, point: &Point) -> Result<(), Unreadable> {
        let Some(time) = point.time else { return Ok(()) };
        if let Some(last) = self.last.filter(|_| self.fresh) {
            self.recording.timer.extend([(last, false), (time, true)]);
        }
        (self.last, self.fresh) = (Some(time), false);
        self.recording.record(time, &point.readings)
    }

    /// What the file says to be a second time is neither.
    fn is(&mut self, sport: Sport) {
        let before = self.recording.sport;
        self.recording.sport = Some(if before.is_none_or(|before| before == sport) { sport } else { Sport::Other });
    }
}

/// The sport of TCX's attribute or GPX's `type`, where platforms write words, or the numbers of one of them.
fn sport_of(text: &str) -> Sport {
    match text.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "1" | "biking" | "cycling" | "ride" | "road_biking" | "mountain_biking" | "virtualride" => Sport::Cycling,
        "9" | "running" | "run" | "trail_running" | "treadmill_running" => Sport::Running,
        "4" | "10" | "walking" | "walk" | "hiking" | "hike" => Sport::Walking,
        "16" | "swimming" | "swim" | "open_water_swimming" => Sport::Swimming,
        "23" | "rowing" | "indoor_rowing" => Sport::Rowing,
        "7" | "skiing" | "nordicski" | "cross_country_skiing" => Sport::Skiing,
        "strength" | "strength_training" | "weighttraining" => Sport::Strength,
        _ => Sport::Other,
    }
}
