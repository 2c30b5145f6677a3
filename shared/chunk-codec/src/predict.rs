//! Predictors: what the next value of a channel is likely to be, given its past and the channels before it.
//!
//! Floats are used for what has no need to be exact. Only sums, products, quotients and square roots are taken of them,
//! in the order that is written here, so the results are the same on every machine (IEEE 754; Rust fuses nothing).

use crate::column::Around;
use crate::habits::Class;

/// Distances from the first candidate that blending looks at; what lies farther away counts as this far.
const REACH: i64 = 1 << 20;

/// The channels that others are predicted from, as far as they are known already: values held over records without one.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) speed: Option<&'a [i64]>,
    /// Latitude and longitude.
    pub(crate) position: Option<(&'a [i64], &'a [i64])>,
    pub(crate) power: Option<&'a [i64]>,
}

/// One channel's predictor. Candidates are blended by how well they did lately.
pub(crate) struct Predictor<'a> {
    class: Class,
    times: &'a [i64],
    known: Known<'a>,
    /// The last two values, the later first, and their records.
    values: [i64; 2],
    records: [usize; 2],
    /// Candidates of the prediction under way, how many there are, and their running errors.
    candidates: [i64; 4],
    used: usize,
    errors: [f32; 4],
    /// How many units of time are a second: what is multiples of a thousand is taken for milliseconds.
    second: i64,
    /// Speed times time at the record, and running sums of that and of the way it took: for other scales, and for
    /// devices that measure the two apart.
    driven: i64,
    drive: f32,
    way: f32,
}

impl<'a> Predictor<'a> {
    pub(crate) fn new(class: Class, around: &Around<'a>, first: i64) -> Predictor<'a> {
        Predictor {
            class,
            times: around.times,
            known: around.known,
            values: [first; 2],
            records: [0; 2],
            candidates: [first; 4],
            used: 1,
            errors: [1.0; 4],
            second: around.second,
            driven: 0,
            drive: 100_000.0,
            way: 10_000.0,
        }
    }

    /// The first value stands at record `at`.
    pub(crate) fn begin(&mut self, at: usize) {
        self.records = [at; 2];
    }

    /// What the value at record `at` is likely to be.
    #[inline(always)]
    pub(crate) fn predict(&mut self, at: usize) -> i64 {
        let value = self.values[0];
        self.used = 0;
        match self.class {
            Class::Latitude | Class::Longitude => {
                self.add(value.wrapping_add(self.step_by_time(at)));
                if let Some(speed) = self.known.speed {
                    let step = value.wrapping_sub(self.values[1]);
                    self.add(value.wrapping_add(scaled(step, speed[at], speed[self.records[0]])));
                }
            }
            Class::Distance => {
                self.add(value.wrapping_add(self.step_by_time(at)));
                if let Some(speed) = self.known.speed {
                    // Millimetres a second, seconds, centimetres.
                    self.driven = speed[at].wrapping_mul(self.elapsed(self.records[0], at)) / self.second;
                    self.add(value.wrapping_add(self.driven / 10));
                    let scale = self.way / self.drive.max(1.0);
                    self.add(value.wrapping_add(round(scale * self.driven as f32)));
                }
                if let Some((latitude, longitude)) = self.known.position {
                    let before = self.records[0];
                    let way = ground((latitude[before], longitude[before]), (latitude[at], longitude[at]));
                    self.add(value.wrapping_add(way));
                }
            }
            Class::Work => {
                self.add(value.wrapping_add(self.step_by_time(at)));
                if let Some(power) = self.known.power {
                    self.add(value.wrapping_add(power[at]));
                }
            }
            _ => return value,
        }
        self.blend()
    }

    /// The last step, for as long as it now takes.
    #[inline(always)]
    fn step_by_time(&self, at: usize) -> i64 {
        let [one, two] = self.records;
        scaled(self.values[0].wrapping_sub(self.values[1]), self.elapsed(one, at), self.elapsed(two, one))
    }

    #[inline(always)]
    fn elapsed(&self, from: usize, to: usize) -> i64 {
        self.times[to].wrapping_sub(self.times[from])
    }

    #[inline(always)]
    fn add(&mut self, candidate: i64) {
        self.candidates[self.used] = candidate;
        self.used += 1;
    }

    #[inline(always)]
    fn blend(&self) -> i64 {
        let base = self.candidates[0];
        if self.used == 1 {
            return base;
        }
        let (mut sum, mut weights) = (0.0, 0.0);
        for at in 0..self.used {
            let away = self.candidates[at].wrapping_sub(base).clamp(-REACH, REACH) as f32;
            let error = self.errors[at] + 0.1;
            let weight = 1.0 / (error * error);
            sum += weight * away;
            weights += weight;
        }
        base.wrapping_add(round(sum / weights))
    }

    /// Learns from the value at record `at`, which was predicted.
    #[inline(always)]
    pub(crate) fn learn(&mut self, at: usize, value: i64) {
        if self.used > 1 {
            for at in 0..self.used {
                let error = value.wrapping_sub(self.candidates[at]).clamp(-REACH, REACH) as f32;
                self.errors[at] += (error.abs() - self.errors[at]) * 0.08;
            }
        }
        if matches!(self.class, Class::Distance) {
            let way = value.wrapping_sub(self.values[0]).clamp(0, REACH);
            self.drive = self.drive * 0.95 + self.driven.clamp(0, REACH * 16) as f32;
            self.way = self.way * 0.95 + way as f32;
        }
        self.values = [value, self.values[0]];
        self.records = [at, self.records[0]];
    }
}

#[inline(always)]
fn round(x: f32) -> i64 {
    (if x < 0.0 { x - 0.5 } else { x + 0.5 }) as i64
}

/// `step · now / before`, where that is not the step itself.
#[inline(always)]
fn scaled(step: i64, now: i64, before: i64) -> i64 {
    if now == before || before <= 0 || now < 0 || step.unsigned_abs() > 1 << 40 {
        return step;
    }
    let ratio = (now as f32 / before as f32).min(16.0);
    round(step as f32 * ratio)
}

/// The way between two positions in centimetres, on a sphere.
#[inline(always)]
fn ground(from: (i64, i64), to: (i64, i64)) -> i64 {
    let north = to.0.wrapping_sub(from.0).clamp(-REACH, REACH) as f32;
    let east = to.1.wrapping_sub(from.1).clamp(-REACH, REACH) as f32 * cos(to.0);
    // 20 015 km are 180°.
    round((north * north + east * east).sqrt() * 0.932_04)
}

/// The cosine of a latitude in semicircles, within 0.001.
#[inline(always)]
fn cos(latitude: i64) -> f32 {
    let angle = (latitude as f32) * (std::f32::consts::PI / 2_147_483_648.0);
    let square = (angle * angle).min(2.5);
    1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0))
}
