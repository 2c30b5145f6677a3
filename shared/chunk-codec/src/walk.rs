//! The order of everything in an encoded chunk: the head, the timestamps, then channel by channel. Written once for
//! encoder and decoder (see `range`): what is coded is passed in and comes back.

use crate::column::{Around, Column, Grid, Learnt, common_divisor};
use crate::habits::Class;
use crate::head::Head;
use crate::predict::Known;
use crate::priors::Priors;
use crate::range::Coder;
use crate::residual::{self, History};
use crate::{Chunk, DecodeError, Header, Kind};

/// A chunk on its way through the coder.
#[derive(Default)]
pub(crate) struct Walk {
    records: usize,
    /// The first and the last timestamp.
    ends: Option<(i64, i64)>,
    /// What all distances of timestamps are multiples of; 0 if they are equal.
    step: u64,
    times: Vec<i64>,
    columns: Vec<Column>,
}

impl Walk {
    pub(crate) fn of(chunk: &Chunk) -> Walk {
        let times = chunk.times().to_vec();
        let mut gaps = times.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
        let gap = gaps.next();
        let regular = gaps.all(|other| Some(other) == gap);
        let step = match (times.first().zip(times.last()), regular) {
            (Some((first, last)), false) if last.checked_sub(*first).is_some() => common_divisor(*first, &times),
            (_, regular) => u64::from(!regular),
        };
        Walk {
            records: times.len(),
            ends: times.first().zip(times.last()).map(|(first, last)| (*first, *last)),
            step,
            columns: chunk.channels().iter().map(Column::of).collect(),
            times,
        }
    }

    pub(crate) fn header(&self) -> Header {
        Header {
            records: self.records,
            times: self.ends,
            channels: self.columns.iter().map(|column| (column.kind, column.summary)).collect(),
        }
    }

    pub(crate) fn into_chunk(self) -> Result<Chunk, DecodeError> {
        let channels = self.columns.into_iter().map(|column| column.into_channel(self.records)).collect();
        Chunk::new(self.times, channels).map_err(|_| DecodeError::Damaged)
    }

    /// The part that `header` reads.
    pub(crate) fn head<C: Coder>(&mut self, coder: &mut C, priors: &Priors) -> Result<(), DecodeError> {
        let mut head = Head { coder, class: Class::Time, prior: priors.of(Class::Time) };
        self.records = head.records(self.records)?;
        if self.records > 0 {
            let (ends, step) = head.times(self.ends.unwrap_or_default(), self.step)?;
            (self.ends, self.step) = (Some(ends), step);
        }
        let told: Vec<Kind> = self.columns.iter().map(|column| column.kind).collect();
        let kinds = head.kinds(&told)?;
        if self.records > Chunk::MAX_VALUES / (kinds.len() + 1) {
            return Err(DecodeError::Damaged);
        }
        for (at, kind) in kinds.into_iter().enumerate() {
            let class = Class::of(kind);
            let mut head = Head { coder: &mut *coder, class, prior: priors.of(class) };
            let told = self.columns.get(at).map_or((None, 1), |column| (column.summary, column.step));
            let (summary, step) = head.summary(self.records, told.0, told.1)?;
            if self.columns.len() == at {
                self.columns.push(Column::empty(kind, summary, step));
            }
        }
        Ok(())
    }

    /// What comes after the head. `watch` is shown what each class ends with.
    pub(crate) fn body<C: Coder>(
        &mut self,
        coder: &mut C,
        priors: &Priors,
        mut watch: impl FnMut(&mut C, Class, Learnt),
    ) -> Result<(), DecodeError> {
        if let Some(learnt) = self.code_times(coder, priors)? {
            watch(coder, Class::Time, learnt);
        }
        let mut pending = std::mem::take(&mut self.columns);
        pending.sort_by_key(|column| (column.class(), column.kind));
        let nothing = vec![0; self.records];
        let second = self.second();
        for mut column in pending {
            let done = |class: Class| self.columns.iter().rfind(|column| column.class() == class);
            let values = |class: Class| done(class).map(|column| column.values.as_slice());
            let class = column.class();
            let companion = class.companions().iter().find_map(|class| done(*class));
            let companion = companion.or(self.columns.last().filter(|_| class == Class::Generic));
            let around = Around {
                times: &self.times,
                second,
                known: Known {
                    speed: values(Class::Speed),
                    position: values(Class::Latitude).zip(values(Class::Longitude)),
                    power: values(Class::Power),
                },
                companion: companion.map_or(&nothing, |column| &column.trace),
            };
            let learnt = column.code(coder, priors.of(class), &around)?;
            watch(coder, class, learnt);
            self.columns.push(column);
        }
        self.columns.sort_by_key(|column| column.kind);
        Ok(())
    }

    /// How many units of time are a second: what comes in whole thousands is taken for milliseconds.
    fn second(&self) -> i64 {
        let step = match (self.step, self.times.as_slice()) {
            (0, [first, second, ..]) => second.wrapping_sub(*first) as u64,
            (step, _) => step,
        };
        if step > 0 && step.is_multiple_of(1000) { 1000 } else { 1 }
    }

    fn code_times<C: Coder>(&mut self, coder: &mut C, priors: &Priors) -> Result<Option<Learnt>, DecodeError> {
        let Some((first, last)) = self.ends else {
            return Ok(None);
        };
        let count = self.records;
        self.times.resize(count, first);
        self.times[count - 1] = last;
        if self.step == 0 {
            let span = last.wrapping_sub(first) as u64;
            let gaps = (count as u64 - 1).max(1);
            if !span.is_multiple_of(gaps) || count == 1 && span > 0 {
                return Err(DecodeError::Damaged);
            }
            for (at, time) in self.times.iter_mut().enumerate() {
                *time = first.wrapping_add((span / gaps).wrapping_mul(at as u64) as i64);
            }
            return Ok(None);
        }
        let prior = priors.of(Class::Time);
        let mut model = prior.model(Class::Time);
        let mut history = History::new(prior.scale);
        let grid = Grid::new(first, self.step);
        let mut gap = 0_i64;
        for at in 1..count.max(2) - 1 {
            let before = self.times[at - 1];
            let told = grid.steps(self.times[at].wrapping_sub(before).wrapping_sub(gap));
            let (found, _) = residual::code(coder, &mut model, &mut history, 0, told);
            gap = gap.wrapping_add(grid.length(found));
            self.times[at] = before.wrapping_add(gap);
        }
        if self.times.is_sorted() && self.times[0] == first {
            Ok(Some(Learnt { weights: model.weights, scale: history.scale() }))
        } else {
            Err(DecodeError::Damaged)
        }
    }
}
