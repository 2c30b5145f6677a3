//! What a model knows before it has seen anything: trained on real activities (`scripts/bench-codec`), part of the
//! format's version.
//!
//! The file: for each class in order a row, and before them one for what no class has met. A row is the mean residual
//! (4 bytes), the weights of the mixers (2 bytes each), and the cells: one bit each that says whether it differs from
//! the first row's, then those that do, 3 bytes each: the probability (2 bytes) and the number of its confidence. In
//! the first row all do. Numbers are little-endian.

use std::sync::LazyLock;

use crate::habits::Class;
use crate::head::HEAD_CELLS;
use crate::model::{CELLS, CONFIDENCE, MIXERS, Model, ONE, cell};

/// Those of version 1. A test holds that the file can be read.
static SHIPPED: LazyLock<Priors> =
    LazyLock::new(|| Priors::from_bytes(include_bytes!("priors-1.bin")).unwrap_or_else(Priors::blank));

/// All cells of a class: those of its model, then those of the head.
pub(crate) const ALL_CELLS: usize = CELLS + HEAD_CELLS;

/// What the models of all classes know at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priors {
    /// The first row of the file, then the classes.
    pub(crate) rows: Vec<Prior>,
}

/// What the model of one class knows at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prior {
    pub(crate) cells: Box<[u32; CELLS]>,
    /// Probabilities of the decisions of the head, which do not adapt: each is made once a chunk.
    pub(crate) head: Box<[u16; HEAD_CELLS]>,
    /// In 1/1024 when written.
    pub(crate) weights: [[i32; 2]; MIXERS],
    /// The mean residual at the start of a chunk, in sixteenths.
    pub(crate) scale: u32,
}

impl Priors {
    /// The ones that chunks are written with.
    pub(crate) fn shipped() -> &'static Priors {
        &SHIPPED
    }

    /// Knows nothing.
    pub fn blank() -> Priors {
        let prior = Prior {
            cells: Box::new([cell(32768, 0); CELLS]),
            head: Box::new([32768; HEAD_CELLS]),
            weights: [[ONE / 2; 2]; MIXERS],
            scale: 16,
        };
        Priors { rows: vec![prior; Class::COUNT + 1] }
    }

    pub(crate) fn of(&self, class: Class) -> &Prior {
        &self.rows[class as usize + 1]
    }

    /// Reads the file's format; nothing if it is not that.
    pub fn from_bytes(bytes: &[u8]) -> Option<Priors> {
        let mut priors = Priors::blank();
        let mut input = bytes;
        let mut take = |count: usize| -> Option<&[u8]> {
            let (taken, rest) = input.split_at_checked(count)?;
            input = rest;
            Some(taken)
        };
        for row in 0..priors.rows.len() {
            let fallback = priors.rows[0].clone();
            let prior = &mut priors.rows[row];
            prior.scale = u32::from_le_bytes(take(4)?.try_into().ok()?);
            for weight in prior.weights.iter_mut().flatten() {
                *weight = i32::from(i16::from_le_bytes(take(2)?.try_into().ok()?)) << 6;
            }
            let own = take(ALL_CELLS.div_ceil(8))?;
            for at in 0..ALL_CELLS {
                if own[at / 8] >> (at % 8) & 1 == 0 {
                    prior.copy(at, &fallback);
                } else if let [low, high, confidence] = *take(3)? {
                    prior.set(at, u16::from_le_bytes([low, high]), *CONFIDENCE.get(usize::from(confidence))?);
                }
            }
        }
        input.is_empty().then_some(priors)
    }
}

impl Prior {
    pub(crate) fn model(&self, class: Class) -> Model {
        Model::new(class, &self.cells, self.weights)
    }

    pub(crate) fn set(&mut self, at: usize, one: u16, seen: u32) {
        match at.checked_sub(CELLS) {
            None => self.cells[at] = cell(one, seen),
            Some(at) => self.head[at] = one,
        }
    }

    pub(crate) fn copy(&mut self, at: usize, from: &Prior) {
        match at.checked_sub(CELLS) {
            None => self.cells[at] = from.cells[at],
            Some(at) => self.head[at] = from.head[at],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::to_bytes;

    #[test]
    fn the_shipped_priors_can_be_read() {
        let file = include_bytes!("priors-1.bin");
        assert_eq!(Priors::from_bytes(file).as_ref(), Some(Priors::shipped()));
        assert_eq!(to_bytes(Priors::shipped()), file);
        assert_eq!(Priors::from_bytes(&file[1..]), None);
    }
}
