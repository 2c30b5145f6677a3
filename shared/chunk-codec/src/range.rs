//! The binary range coder: turns decisions and their probabilities into bytes, and back.
//!
//! Encoder and decoder are the two `Coder`s. All modelling code is written once against the trait: it hands in the
//! decision (the decoder ignores what it is handed) and goes on with the decision it gets back, so the two sides
//! cannot drift apart.
//!
//! An interval of 64 bits is narrowed by each decision; when it is shorter than 2³² its top 32 bits are written. Carries
//! go back into what was written. At the end stand as few bytes as tell the last interval apart when followed by zeros.

use crate::DecodeError;
use crate::habits::Class;

/// Bits of a probability.
const PROBABILITY_BITS: u32 = 16;

/// The interval is at least this long when it is divided.
const SHORTEST: u64 = 1 << 32;

/// What decides: an encoder that is told, or a decoder that finds out.
pub(crate) trait Coder {
    /// One decision. `one` is the probability of `true` in 1/65536, neither 0 nor 65536.
    fn decide(&mut self, one: u32, bit: bool) -> bool;

    /// The low `count` (at most 64) bits of `value`, all equally likely.
    fn raw(&mut self, count: u32, value: u64) -> u64;

    /// What a trainer wants to know: the cell `cell` of the model of `class` met `bit`.
    #[inline(always)]
    fn met(&mut self, _class: Class, _cell: usize, _bit: bool) {}
}

/// Writes.
pub(crate) struct Encoder {
    low: u64,
    range: u64,
    /// Where the coded part begins in `out`.
    start: usize,
    out: Vec<u8>,
}

impl Encoder {
    /// Appends to `out`.
    pub(crate) fn new(out: Vec<u8>) -> Encoder {
        Encoder { low: 0, range: u64::MAX, start: out.len(), out }
    }

    #[inline(always)]
    fn advance(&mut self, by: u64) {
        let (low, carry) = self.low.overflowing_add(by);
        self.low = low;
        if carry {
            self.carry();
        }
    }

    #[cold]
    fn carry(&mut self) {
        for byte in self.out.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }

    #[inline(always)]
    fn normalize(&mut self) {
        if self.range < SHORTEST {
            self.out.extend_from_slice(&((self.low >> 32) as u32).to_be_bytes());
            self.low <<= 32;
            self.range <<= 32;
        }
    }

    /// The bytes.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        // The value in the interval with the most zeros at its end; trailing zero bytes go without saying.
        let low = u128::from(self.low);
        let end = low + u128::from(self.range) - 1;
        let value = (0..64).rev().map(|bits| end >> bits << bits).find(|value| *value >= low).unwrap_or(low);
        if value >> 64 != 0 {
            self.carry();
        }
        self.out.extend_from_slice(&(value as u64).to_be_bytes());
        while self.out.len() > self.start && self.out.last() == Some(&0) {
            self.out.pop();
        }
        self.out
    }
}

impl Coder for Encoder {
    #[inline(always)]
    fn decide(&mut self, one: u32, bit: bool) -> bool {
        let bound = (self.range >> PROBABILITY_BITS).wrapping_mul(one.into());
        let rest = self.range.wrapping_sub(bound);
        self.range = if bit { bound } else { rest };
        self.advance(if bit { 0 } else { bound });
        self.normalize();
        bit
    }

    #[inline(always)]
    fn raw(&mut self, count: u32, value: u64) -> u64 {
        let mut left = count;
        while left > 0 {
            let take = left.min(16);
            left -= take;
            let part = value >> left & ((1 << take) - 1);
            self.range >>= take;
            self.advance(self.range.wrapping_mul(part));
            self.normalize();
        }
        value
    }
}

/// Reads. Past the end of its input it reads zeros: the encoder leaves trailing zeros out.
pub(crate) struct Decoder<'a> {
    code: u64,
    range: u64,
    input: &'a [u8],
    /// Bytes that were read, those beyond the end included.
    read: usize,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Decoder<'a> {
        let mut decoder = Decoder { code: 0, range: u64::MAX, input, read: 0 };
        decoder.code = decoder.four() << 32;
        decoder.code |= decoder.four();
        decoder
    }

    #[inline(always)]
    fn four(&mut self) -> u64 {
        let at = self.read;
        self.read = at.wrapping_add(4);
        match self.input.get(at..at.wrapping_add(4)) {
            Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]).into(),
            _ => self.last_four(at),
        }
    }

    #[cold]
    fn last_four(&self, from: usize) -> u64 {
        (from..from + 4).fold(0, |word, at| word << 8 | u64::from(self.input.get(at).copied().unwrap_or(0)))
    }

    #[inline(always)]
    fn normalize(&mut self) {
        if self.range < SHORTEST {
            self.range <<= 32;
            self.code = self.code << 32 | self.four();
        }
    }

    /// That the input was read to its end: what is longer was not written by the encoder.
    pub(crate) fn finish(&self) -> Result<(), DecodeError> {
        match self.read < self.input.len() || self.input.last() == Some(&0) {
            true => Err(DecodeError::Damaged),
            false => Ok(()),
        }
    }
}

impl Coder for Decoder<'_> {
    #[inline(always)]
    fn decide(&mut self, one: u32, _bit: bool) -> bool {
        let bound = (self.range >> PROBABILITY_BITS).wrapping_mul(one.into());
        let bit = self.code < bound;
        let rest = self.range.wrapping_sub(bound);
        self.range = if bit { bound } else { rest };
        self.code = if bit { self.code } else { self.code.wrapping_sub(bound) };
        self.normalize();
        bit
    }

    #[inline(always)]
    fn raw(&mut self, count: u32, _value: u64) -> u64 {
        let mut value = 0;
        let mut left = count;
        while left > 0 {
            let take = left.min(16);
            left -= take;
            self.range >>= take;
            // A damaged input can hold a code beyond the last interval; the largest part stands for it.
            let part = (self.code / self.range).min((1 << take) - 1);
            self.code = self.code.wrapping_sub(part.wrapping_mul(self.range));
            value = value << take | part;
            self.normalize();
        }
        value
    }
}
