//! The first part of an encoded chunk: what `header` reads. Its decisions are made by fixed probabilities: there is
//! too little of each to adapt to.

use crate::habits::Class;
use crate::model::{CELLS, probability};
use crate::priors::Prior;
use crate::range::Coder;
use crate::{Chunk, DecodeError, Kind, Summary};

/// Kinds that are flags of the head; others are numbers.
const COMMON: [u16; 24] = [
    0, 1, 2, 3, 4, 5, 6, 7, 9, 13, 29, 30, 31, 39, 41, 43, 44, 45, 46, 53, 73, 78, 81, 108,
];

/// Cells of a field: the seven bits of its length, each by the ones before it.
const FIELD_CELLS: usize = 128;
/// Fields of a summary (or of the chunk, in the row of times).
const FIELDS: usize = 7;
const FLAG: usize = FIELDS * FIELD_CELLS;
const KINDS: usize = FLAG + 1;
/// Cells of a head.
pub(crate) const HEAD_CELLS: usize = KINDS + COMMON.len();

/// Codes one part of the head.
pub(crate) struct Head<'a, C> {
    pub(crate) coder: &'a mut C,
    pub(crate) class: Class,
    pub(crate) prior: &'a Prior,
}

impl<C: Coder> Head<'_, C> {
    fn decide(&mut self, at: usize, bit: bool) -> bool {
        let bit = self.coder.decide(probability(self.prior.head[at]), bit);
        self.coder.met(self.class, CELLS + at, bit);
        bit
    }

    fn flag(&mut self, bit: bool) -> bool {
        self.decide(FLAG, bit)
    }

    /// A number below 2¹²⁷, of which the length is modelled.
    fn number(&mut self, field: usize, value: u128) -> u128 {
        let length = 128 - value.leading_zeros();
        let mut node = 1;
        for level in (0..7).rev() {
            let bit = self.decide(field * FIELD_CELLS + node, length >> level & 1 == 1);
            node = node << 1 | usize::from(bit);
        }
        let Some(below) = (node as u32 - 128).checked_sub(1) else {
            return 0;
        };
        let low = below.min(64);
        let high = self.coder.raw(below - low, (value >> low) as u64);
        1 << below | u128::from(high) << low | u128::from(self.coder.raw(low, value as u64))
    }

    /// A number of either sign.
    fn signed(&mut self, field: usize, value: i128) -> i128 {
        let folded = self.number(field, (value << 1 ^ value >> 127) as u128);
        (folded >> 1) as i128 ^ -((folded & 1) as i128)
    }

    /// How many records there are.
    pub(crate) fn records(&mut self, told: usize) -> Result<usize, DecodeError> {
        let records = usize::try_from(self.number(0, told as u128)).map_err(|_| DecodeError::Damaged)?;
        if records > Chunk::MAX_VALUES { Err(DecodeError::Damaged) } else { Ok(records) }
    }

    /// The first and the last timestamp, and what all distances between them are multiples of: 0 if they are equal.
    pub(crate) fn times(&mut self, told: (i64, i64), step: u64) -> Result<((i64, i64), u64), DecodeError> {
        let first = self.signed(1, told.0.into());
        let span = self.number(2, (i128::from(told.1) - i128::from(told.0)) as u128) as i128;
        let last = first.checked_add(span).ok_or(DecodeError::Damaged)?;
        let ends = (narrow(first)?, narrow(last)?);
        if self.flag(step == 0) {
            return Ok((ends, 0));
        }
        let step = self.number(5, u128::from(step.saturating_sub(1))) + 1;
        Ok((ends, u64::try_from(step).map_err(|_| DecodeError::Damaged)?))
    }

    /// Which kinds there are, in rising order.
    pub(crate) fn kinds(&mut self, told: &[Kind]) -> Result<Vec<Kind>, DecodeError> {
        let mut found = Vec::new();
        for (at, kind) in COMMON.into_iter().enumerate() {
            if self.decide(KINDS + at, told.contains(&Kind(kind))) {
                found.push(Kind(kind));
            }
        }
        let rare: Vec<u16> = told.iter().map(|kind| kind.0).filter(|kind| !COMMON.contains(kind)).collect();
        let mut next = 0;
        for at in 0..self.number(3, rare.len() as u128) {
            let gap = rare.get(at as usize).map_or(0, |kind| u128::from(*kind) - next);
            let number = self.number(4, gap).checked_add(next).ok_or(DecodeError::Damaged)?;
            let kind = u16::try_from(number).map_err(|_| DecodeError::Damaged)?;
            if COMMON.contains(&kind) || found.len() == Chunk::MAX_CHANNELS {
                return Err(DecodeError::Damaged);
            }
            found.push(Kind(kind));
            next = number + 1;
        }
        found.sort();
        Ok(found)
    }

    /// The summary of a channel, and what all its values are multiples of once the first is taken away.
    pub(crate) fn summary(
        &mut self,
        records: usize,
        told: Option<Summary>,
        step: u64,
    ) -> Result<(Option<Summary>, u64), DecodeError> {
        let damaged = DecodeError::Damaged;
        let told = told.unwrap_or(Summary { count: 0, min: 0, max: 0, sum: 0, first: 0, last: 0 });
        let mut count = records;
        if !self.flag(told.count == records) {
            let missing = self.number(0, records.saturating_sub(told.count) as u128);
            count = usize::try_from(missing).ok().and_then(|missing| records.checked_sub(missing)).ok_or(damaged)?;
        }
        if count == 0 {
            return Ok((None, 1));
        }
        let first = self.signed(1, told.first.into());
        let value = narrow(first)?;
        let same = Summary {
            count,
            min: value,
            max: value,
            sum: first * count as i128,
            first: value,
            last: value,
        };
        if count == 1 {
            return Ok((Some(same), 1));
        }
        let [told_first, told_min, told_max, told_last] = [told.first, told.min, told.max, told.last].map(i128::from);
        let below = self.number(2, (told_first - told_min) as u128) as i128;
        let above = self.number(3, (told_max - told_first) as u128) as i128;
        if below == 0 && above == 0 {
            return Ok((Some(same), 1));
        }
        let min = first.checked_sub(below).ok_or(damaged)?;
        let max = first.checked_add(above).ok_or(damaged)?;
        let last = max.checked_sub(self.number(4, (told_max - told_last) as u128) as i128).ok_or(damaged)?;
        // Before there is any multiplication, all are known to be 64 bits wide.
        let (narrow_min, narrow_max, narrow_last) = (narrow(min)?, narrow(max)?, narrow(last)?);
        let middle = (count as i128 * (min + max + first + last)) >> 2;
        let sum = middle.checked_add(self.signed(5, told.sum.wrapping_sub(middle))).ok_or(damaged)?;
        if last < min || sum < min * count as i128 || sum > max * count as i128 {
            return Err(damaged);
        }
        let step = u64::try_from(self.number(6, u128::from(step - 1)) + 1).map_err(|_| damaged)?;
        let summary = Summary {
            count,
            min: narrow_min,
            max: narrow_max,
            sum,
            first: value,
            last: narrow_last,
        };
        Ok((Some(summary), step))
    }
}

pub(crate) fn narrow(value: i128) -> Result<i64, DecodeError> {
    i64::try_from(value).map_err(|_| DecodeError::Damaged)
}
