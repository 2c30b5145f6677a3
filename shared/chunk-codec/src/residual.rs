//! Residuals: what is left of a value when its prediction is taken away.
//!
//! First comes the length of the magnitude in bits, as decisions: longer than expected? If so: than one more, two more …;
//! else: than one less, two less … Then the sign, the two bits below the highest one, and the rest as they are.

use crate::model::*;
use crate::range::Coder;

/// What a channel did at each record, for the channels that go along with it: 0 nothing, 1 … 5 the length of the
/// residual relative to the expected one, 6 at rest; plus 8 times the sign (0 falling, 1 none, 2 rising).
pub(crate) type Trace = Vec<u8>;

/// The trace of a value at rest.
pub(crate) const AT_REST: u8 = 6 | 1 << 3;

/// What the residuals of a channel were lately.
pub(crate) struct History {
    /// Running means of the magnitudes, in sixteenths, over about four and sixteen values.
    quick: i64,
    slow: i64,
    /// Relative lengths (0 … 4) of the last two, the later first.
    lengths: [usize; 2],
    /// Their signs (0 falling, 1 none, 2 rising).
    signs: [usize; 2],
}

impl History {
    /// At the start: the mean in sixteenths.
    pub(crate) fn new(scale: u32) -> History {
        History {
            quick: scale.into(),
            slow: scale.into(),
            lengths: [2; 2],
            signs: [1; 2],
        }
    }

    /// The slow mean in sixteenths.
    pub(crate) fn scale(&self) -> u32 {
        self.slow.clamp(0, 1 << 30) as u32
    }

    /// The length that is expected of the next residual: that of three quarters of the mean, about the median.
    #[inline(always)]
    fn expected(&self) -> usize {
        let slow = self.slow as u64;
        60 - ((slow - (slow >> 2)) | 8).leading_zeros() as usize
    }

    /// The quick mean in half octaves.
    #[inline(always)]
    fn half_octaves(&self) -> usize {
        let mean = self.quick as u64 + 1;
        let octave = 63 - mean.leading_zeros();
        let half = (mean << 1 >> octave) as usize & 1;
        (octave as usize * 2 + half).min(SCALES - 1)
    }

    #[inline(always)]
    fn learn(&mut self, residual: i64, length: usize, expected: usize) -> u8 {
        let magnitude = (residual.unsigned_abs().min(1 << 48) << 4) as i64;
        self.quick = self.quick.wrapping_add(magnitude.wrapping_sub(self.quick) >> 2);
        self.slow = self.slow.wrapping_add(magnitude.wrapping_sub(self.slow) >> 4);
        let relative = (length + 2).saturating_sub(expected).min(RELATIVE - 1);
        let sign = (residual.signum() + 1) as usize;
        self.lengths = [relative, self.lengths[0]];
        self.signs = [sign, self.signs[0]];
        (relative + 1) as u8 | (sign as u8) << 3
    }
}

/// Codes a residual. `companion` is the companion's trace at the record. Gives the residual and its own trace.
#[inline(always)]
pub(crate) fn code<C: Coder>(
    coder: &mut C,
    model: &mut Model,
    history: &mut History,
    companion: u8,
    told: i64,
) -> (i64, u8) {
    let expected = history.expected();
    let coarse = expected.min(LENGTHS - 1);
    let beside = usize::from(companion & 7);
    let row = if coarse < QUIET {
        (history.lengths[0] * RELATIVE + history.lengths[1]) * QUIET + coarse
    } else {
        QUIET_ROWS + (history.lengths[0] * COMPANIONS + beside) * (LENGTHS - QUIET) + coarse - QUIET
    };
    let context = Lengths {
        expected,
        by_scale: BY_SCALE + history.half_octaves(),
        row: BY_HISTORY + row * OFFSETS,
        mixer: if coarse < QUIET { QUIET_MIXER } else { LOUD_MIXER },
    };
    let length = code_length(coder, model, &context, told);
    let mut residual = 0;
    if length > 0 {
        let sign = usize::from(companion >> 3).min(2);
        let cells = [
            SIGN_BY_HISTORY + (history.signs[0] * 3 + history.signs[1]) * 3 + coarse.min(2),
            SIGN_BY_COMPANION + (sign * 3 + history.signs[0]) * 3 + history.lengths[0].div_ceil(2),
        ];
        let falling = model.decide_mixed(coder, cells, SIGN_MIXER, told < 0);
        let magnitude = code_magnitude(coder, model, length, told.unsigned_abs()) as i64;
        residual = if falling { magnitude.wrapping_neg() } else { magnitude };
    }
    let trace = history.learn(residual, length, expected);
    (residual, trace)
}

/// Where the cells of a length are.
struct Lengths {
    expected: usize,
    by_scale: usize,
    /// The row of `BY_HISTORY`.
    row: usize,
    mixer: usize,
}

#[inline(always)]
fn code_length<C: Coder>(coder: &mut C, model: &mut Model, context: &Lengths, told: i64) -> usize {
    let told = 64 - told.unsigned_abs().leading_zeros() as usize;
    let mut length = context.expected;
    let mut offset = EXPECTED;
    let cells = [context.by_scale, context.row + offset];
    let longer = model.decide_mixed(coder, cells, context.mixer, told > length);
    // Mixing these as well would save one byte in 150, and take a sixth more time.
    let mut exceeds = |offset: usize, threshold: usize| model.decide(coder, context.row + offset, told > threshold);
    if longer {
        length += 1;
        offset += 1;
        while length < 64 && exceeds(offset, length) {
            length += 1;
            offset = (offset + 1).min(OFFSETS - 1);
        }
    } else {
        offset -= 1;
        while length > 0 && !exceeds(offset, length - 1) {
            length -= 1;
            offset = offset.saturating_sub(1);
        }
    }
    length
}

#[inline(always)]
fn code_magnitude<C: Coder>(coder: &mut C, model: &mut Model, length: usize, told: u64) -> u64 {
    let cells = MANTISSA + length.min(15) * 3;
    let mut below = length as u32 - 1;
    let mut magnitude = 1;
    if below > 0 {
        below -= 1;
        let high = model.decide(coder, cells, told >> below & 1 == 1);
        magnitude = magnitude << 1 | u64::from(high);
        if below > 0 {
            below -= 1;
            let next = model.decide(coder, cells + 1 + usize::from(high), told >> below & 1 == 1);
            magnitude = magnitude << 1 | u64::from(next);
        }
    }
    if below > 0 { magnitude << below | coder.raw(below, told) } else { magnitude }
}
