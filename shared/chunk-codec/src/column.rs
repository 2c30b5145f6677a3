//! One channel on its way through the coder: where it has values, and which.

use crate::habits::Class;
use crate::head::narrow;
use crate::model::*;
use crate::predict::{Known, Predictor};
use crate::priors::Prior;
use crate::range::Coder;
use crate::residual::{self, AT_REST, History, Trace};
use crate::{Channel, DecodeError, Kind, Summary};

pub(crate) struct Column {
    pub(crate) kind: Kind,
    pub(crate) summary: Option<Summary>,
    /// All values less the first are multiples of it.
    pub(crate) step: u64,
    /// Where there are values; empty if everywhere.
    present: Vec<bool>,
    /// A value for each record; where there is none, the one before.
    pub(crate) values: Vec<i64>,
    pub(crate) trace: Trace,
}

/// What `Column::code` is given of its surroundings.
pub(crate) struct Around<'a> {
    pub(crate) times: &'a [i64],
    /// How many units of time are a second.
    pub(crate) second: i64,
    pub(crate) known: Known<'a>,
    /// The trace of the channel that goes along with this one.
    pub(crate) companion: &'a [u8],
}

/// What a channel ends with, for a trainer.
#[cfg_attr(not(any(test, feature = "training")), expect(dead_code, reason = "nobody trains"))]
pub(crate) struct Learnt {
    pub(crate) weights: [[i32; 2]; MIXERS],
    pub(crate) scale: u32,
}

impl Column {
    pub(crate) fn empty(kind: Kind, summary: Option<Summary>, step: u64) -> Column {
        Column {
            kind,
            summary,
            step,
            present: vec![],
            values: vec![],
            trace: vec![],
        }
    }

    pub(crate) fn class(&self) -> Class {
        Class::of(self.kind)
    }

    pub(crate) fn of(channel: &Channel) -> Column {
        let mut column = Column::empty(channel.kind, Summary::of(channel.values.iter().flatten()), 1);
        let Some(Summary { count, first, min, max, .. }) = column.summary else {
            return column;
        };
        if count < channel.values.len() {
            column.present = channel.values.iter().map(Option::is_some).collect();
        }
        let mut held = first;
        column.values.extend(channel.values.iter().map(|value| {
            held = value.unwrap_or(held);
            held
        }));
        // Where differences overflow, arithmetic wraps around and knows no divisor.
        if max.checked_sub(min).is_some() {
            column.step = common_divisor(first, &column.values);
        }
        column
    }

    pub(crate) fn into_channel(self, records: usize) -> Channel {
        let values = match self.summary {
            None => vec![None; records],
            Some(_) if self.present.is_empty() => self.values.into_iter().map(Some).collect(),
            Some(_) => self.values.into_iter().zip(self.present).map(|(value, here)| here.then_some(value)).collect(),
        };
        Channel { kind: self.kind, values }
    }

    /// Codes all of it but the summary.
    pub(crate) fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        prior: &Prior,
        around: &Around<'_>,
    ) -> Result<Learnt, DecodeError> {
        let records = around.times.len();
        self.trace = vec![0; records];
        self.values.resize(records, self.summary.map_or(0, |summary| summary.first));
        let mut model = prior.model(self.class());
        let mut history = History::new(prior.scale);
        if let Some(summary) = self.summary {
            if summary.count < records {
                self.code_presence(coder, &mut model, around.companion, summary.count);
            }
            if summary.min < summary.max {
                self.code_values(coder, &mut model, &mut history, around, &summary)?;
            }
        }
        Ok(Learnt { weights: model.weights, scale: history.scale() })
    }

    fn code_presence<C: Coder>(&mut self, coder: &mut C, model: &mut Model, companion: &[u8], count: usize) {
        let records = companion.len();
        self.present.resize(records, false);
        let mut left = count;
        let mut before = 0;
        for (at, beside) in companion.iter().enumerate() {
            // The count says when there are no more, and when there are no more gaps.
            let here = if left == 0 || left == records - at {
                left > 0
            } else {
                let cell = PRESENCE + before * 2 + usize::from(*beside != 0);
                model.decide(coder, cell, self.present[at])
            };
            self.present[at] = here;
            left -= usize::from(here);
            before = before << 1 & 7 | usize::from(here);
        }
    }

    /// The values between the first and the last two, which the summary gives away.
    fn code_values<C: Coder>(
        &mut self,
        coder: &mut C,
        model: &mut Model,
        history: &mut History,
        around: &Around<'_>,
        summary: &Summary,
    ) -> Result<(), DecodeError> {
        let Summary { count, min, max, first, last, .. } = *summary;
        let mut rest = (self.class().rests_at_zero() && min == 0).then(|| Rest::new(first));
        let mut predictor = Predictor::new(self.class(), around, first);
        let mut unseen = count;
        let mut left = summary.sum;
        let mut held = first;
        let (mut lowest, mut highest) = (first, first);
        for at in 0..around.times.len() {
            if !self.present.is_empty() && !self.present[at] {
                self.values[at] = held;
                continue;
            }
            let told = self.values[at];
            let beside = around.companion[at];
            held = if unseen == count {
                predictor.begin(at);
                first
            } else if unseen == 1 {
                last
            } else if unseen == 2 {
                narrow(left - i128::from(last))?
            } else if rest.as_mut().is_some_and(|rest| rest.code(coder, model, beside, told == 0)) {
                self.trace[at] = AT_REST;
                0
            } else {
                let guess = predictor.predict(at);
                let grid = Grid::new(first, self.step);
                let guess = grid.nearest(guess);
                let (residual, trace) =
                    residual::code(coder, model, history, beside, grid.steps(told.wrapping_sub(guess)));
                self.trace[at] = trace;
                let value = guess.wrapping_add(grid.length(residual));
                predictor.learn(at, value);
                value
            };
            unseen -= 1;
            left -= i128::from(held);
            (lowest, highest) = (lowest.min(held), highest.max(held));
            self.values[at] = held;
        }
        // Damage shows here, too.
        if (lowest, highest) == (min, max) { Ok(()) } else { Err(DecodeError::Damaged) }
    }
}

/// Whether a wheel or a pair of legs is at rest. Afterwards it goes on as before, so zeros are kept apart from the rest.
struct Rest {
    /// The last four answers, the last one lowest.
    answers: usize,
    /// For how long the answer has been the same.
    run: usize,
}

impl Rest {
    fn new(first: i64) -> Rest {
        Rest { answers: if first == 0 { 15 } else { 0 }, run: 0 }
    }

    #[inline(always)]
    fn code<C: Coder>(&mut self, coder: &mut C, model: &mut Model, companion: u8, zero: bool) -> bool {
        let was = self.answers & 1;
        let cells = [
            ZERO_BY_HISTORY + self.answers,
            ZERO_BY_COMPANION + usize::from(companion & 7) * 4 + was * 2 + usize::from(self.run > 4),
        ];
        let zero = model.decide_mixed(coder, cells, ZERO_MIXER, zero);
        self.run = if usize::from(zero) == was { self.run + 1 } else { 0 };
        self.answers = self.answers << 1 & 15 | usize::from(zero);
        zero
    }
}

/// The values that are possible: so many steps from the first one.
#[derive(Clone, Copy)]
pub(crate) struct Grid {
    first: i64,
    step: i64,
}

impl Grid {
    #[inline(always)]
    pub(crate) fn new(first: i64, step: u64) -> Grid {
        Grid { first, step: step as i64 }
    }

    #[inline(always)]
    fn nearest(self, guess: i64) -> i64 {
        if self.step <= 1 {
            return guess;
        }
        let off = guess.wrapping_sub(self.first).wrapping_add(self.step / 2);
        self.first.wrapping_add(off.div_euclid(self.step).wrapping_mul(self.step))
    }

    #[inline(always)]
    pub(crate) fn steps(self, length: i64) -> i64 {
        if self.step <= 1 { length } else { length / self.step }
    }

    #[inline(always)]
    pub(crate) fn length(self, steps: i64) -> i64 {
        if self.step <= 1 { steps } else { steps.wrapping_mul(self.step) }
    }
}

/// The greatest common divisor of all differences to `first`, 1 if they are all zero or it is beyond 63 bits.
pub(crate) fn common_divisor(first: i64, values: &[i64]) -> u64 {
    let mut divisor = 0_u64;
    for value in values {
        let (mut a, mut b) = (divisor, value.wrapping_sub(first).unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        divisor = a;
        if divisor == 1 {
            break;
        }
    }
    if divisor > i64::MAX as u64 { 1 } else { divisor.max(1) }
}
