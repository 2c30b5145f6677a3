//! The model of one channel: adaptive probabilities (cells), and mixers that weigh two of them.
//!
//! A cell is asked under a context: what the residuals were lately, what the companion channel did. The layout of the
//! cells below is part of the format, since the priors are laid out by it.

use crate::habits::Class;
use crate::range::Coder;
use crate::tables::{RATE, SQUASH, STRETCH};

/// Offsets of a threshold from the expected length that have cells of their own: −3 … 4.
pub(crate) const OFFSETS: usize = 8;
/// The offset 0.
pub(crate) const EXPECTED: usize = 3;
/// Steps of the running mean of residuals that are told apart, two an octave.
pub(crate) const SCALES: usize = 48;
/// Expected lengths that are told apart where other things are told apart, too.
pub(crate) const LENGTHS: usize = 8;
/// Lengths of a residual relative to the expected one: −2 … 2.
pub(crate) const RELATIVE: usize = 5;
/// What a companion channel did at the record (see `Trace`).
pub(crate) const COMPANIONS: usize = 8;
/// Expected lengths below this are quiet: there the last two residuals tell more than the companion.
pub(crate) const QUIET: usize = 2;

/// Rows of `BY_HISTORY` for quiet channels: the relative lengths of the last two residuals, the expected length.
pub(crate) const QUIET_ROWS: usize = RELATIVE * RELATIVE * QUIET;
/// Rows for the others: the last relative length, the companion, the expected length.
const LOUD_ROWS: usize = RELATIVE * COMPANIONS * (LENGTHS - QUIET);

/// Cells of "longer than expected", by the quick mean.
pub(crate) const BY_SCALE: usize = 0;
/// Cells of the length of a residual, by what came before and beside it.
pub(crate) const BY_HISTORY: usize = BY_SCALE + SCALES;
/// Cells of the sign, by the last two signs.
pub(crate) const SIGN_BY_HISTORY: usize = BY_HISTORY + (QUIET_ROWS + LOUD_ROWS) * OFFSETS;
/// Cells of the sign, by the companion's.
pub(crate) const SIGN_BY_COMPANION: usize = SIGN_BY_HISTORY + 27;
/// Cells of the two bits below the highest one, by the length.
pub(crate) const MANTISSA: usize = SIGN_BY_COMPANION + 27;
/// Cells of "is at rest", by the last four answers.
pub(crate) const ZERO_BY_HISTORY: usize = MANTISSA + 16 * 3;
/// Cells of "is at rest", by the companion.
pub(crate) const ZERO_BY_COMPANION: usize = ZERO_BY_HISTORY + 16;
/// Cells of "has a value", by the last three answers and whether the companion has one.
pub(crate) const PRESENCE: usize = ZERO_BY_COMPANION + 32;
/// Cells of a model.
pub(crate) const CELLS: usize = PRESENCE + 16;

/// The mixer of "longer than expected" in quiet channels.
pub(crate) const QUIET_MIXER: usize = 0;
/// The mixer of "longer than expected" in others.
pub(crate) const LOUD_MIXER: usize = 1;
/// The mixer of signs.
pub(crate) const SIGN_MIXER: usize = 2;
/// The mixer of "is at rest".
pub(crate) const ZERO_MIXER: usize = 3;
/// Mixers of a model.
pub(crate) const MIXERS: usize = 4;

/// The weight 1 of a mixer.
pub(crate) const ONE: i32 = 1 << 16;

/// Observations after which a cell slows down no more.
pub(crate) const PATIENCE: u32 = 255;

/// The bits of a cell that count observations; above them stands the probability.
const COUNT: u32 = 1023;

/// Observations that a prior counts for, by the number that stands for them in the priors.
pub(crate) const CONFIDENCE: [u32; 9] = [0, 1, 3, 6, 12, 24, 60, 120, 255];

/// A probability (22 bits) and how often it was observed (10 bits).
pub(crate) const fn cell(one: u16, seen: u32) -> u32 {
    (one as u32) << 16 | seen
}

pub(crate) struct Model {
    pub(crate) class: Class,
    cells: Box<[u32; CELLS]>,
    pub(crate) weights: [[i32; 2]; MIXERS],
}

impl Model {
    pub(crate) fn new(class: Class, cells: &[u32; CELLS], weights: [[i32; 2]; MIXERS]) -> Model {
        Model { class, cells: Box::new(*cells), weights }
    }

    #[inline(always)]
    fn update<C: Coder>(&mut self, coder: &mut C, at: usize, bit: bool) {
        let old = self.cells[at];
        let seen = (old & COUNT).min(PATIENCE);
        let target = i32::from(bit).wrapping_neg() & ((1 << 22) - 1);
        let missing = target.wrapping_sub((old >> 10) as i32) >> 3;
        let moved = missing.wrapping_mul(RATE[seen as usize]) & !(COUNT as i32);
        self.cells[at] = old.wrapping_add(moved as u32).wrapping_add(u32::from(seen < PATIENCE));
        coder.met(self.class, at, bit);
    }

    /// A decision by one cell.
    #[inline(always)]
    pub(crate) fn decide<C: Coder>(&mut self, coder: &mut C, at: usize, bit: bool) -> bool {
        let one = probability((self.cells[at] >> 16) as u16);
        let bit = coder.decide(one, bit);
        self.update(coder, at, bit);
        bit
    }

    /// A decision by two cells and the mixer that has learnt whom to trust.
    #[inline(always)]
    pub(crate) fn decide_mixed<C: Coder>(&mut self, coder: &mut C, at: [usize; 2], mixer: usize, bit: bool) -> bool {
        let inputs = at.map(|at| i32::from(STRETCH[(self.cells[at] >> 20) as usize]));
        let weights = &mut self.weights[mixer];
        let sum = weights[0].wrapping_mul(inputs[0]).wrapping_add(weights[1].wrapping_mul(inputs[1]));
        let one = SQUASH[((sum >> 16).clamp(-2047, 2047) + 2048) as usize];
        let bit = coder.decide(one.into(), bit);
        let error = (i32::from(bit).wrapping_neg() & 65535).wrapping_sub(one.into());
        for (weight, input) in weights.iter_mut().zip(inputs) {
            *weight = weight.wrapping_add(input.wrapping_mul(error) >> 18);
        }
        for at in at {
            self.update(coder, at, bit);
        }
        bit
    }
}

/// What the range coder may be given for a probability.
#[inline(always)]
pub(crate) fn probability(one: u16) -> u32 {
    one.clamp(24, 65512).into()
}
