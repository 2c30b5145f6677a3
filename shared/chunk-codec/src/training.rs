//! What a trainer needs: to watch the coder at work, to write down what it learnt, and to try that out.

use std::collections::BTreeMap;

use crate::habits::Class;
use crate::model::{CELLS, CONFIDENCE, MIXERS, ONE, PATIENCE};
use crate::priors::{ALL_CELLS, Prior};
use crate::range::Coder;
use crate::tables::RATE;
use crate::walk::Walk;
use crate::{Chunk, DecodeError};

pub use crate::priors::Priors;

/// Rounds of watching. In the first one scales are learnt, then cells, then mixers.
const ROUNDS: usize = 4;

/// Decisions of one cell in one chunk that are looked at.
const LONGEST: usize = 256;

/// `encode` with other priors.
pub fn encode_with(priors: &Priors, chunk: &Chunk) -> Vec<u8> {
    crate::encode_with(priors, chunk)
}

/// `decode` with other priors.
pub fn decode_with(priors: &Priors, bytes: &[u8]) -> Result<Chunk, DecodeError> {
    crate::decode_with(priors, bytes)
}

/// Makes the check of damaged bytes agree, so that a fuzzer gets past it.
pub fn forge(bytes: &mut [u8]) {
    if let [_, low, high, coded @ ..] = bytes {
        [*low, *high] = crate::check(coded).to_le_bytes();
    }
}

/// Priors for chunks like these.
pub fn train(chunks: &[Chunk]) -> Priors {
    let mut priors = Priors::blank();
    for round in 0..ROUNDS {
        let mut watched = Watched::new();
        for chunk in chunks {
            watched.watch(&priors, chunk);
        }
        watched.teach(&mut priors, round);
    }
    priors
}

/// The priors as a file (see `priors`).
pub fn to_bytes(priors: &Priors) -> Vec<u8> {
    let mut out = Vec::new();
    for (row, prior) in priors.rows.iter().enumerate() {
        out.extend_from_slice(&prior.scale.to_le_bytes());
        for weight in prior.weights.iter().flatten() {
            out.extend_from_slice(&((weight >> 6) as i16).to_le_bytes());
        }
        let fallback = &priors.rows[0];
        let own = |at: &usize| row == 0 || get(prior, *at) != get(fallback, *at);
        for first in (0..ALL_CELLS).step_by(8) {
            out.push((first..ALL_CELLS.min(first + 8)).filter(own).map(|at| 1 << (at - first)).sum());
        }
        for at in (0..ALL_CELLS).filter(own) {
            let (one, seen) = get(prior, at);
            out.extend_from_slice(&one.to_le_bytes());
            out.push(CONFIDENCE.iter().position(|confidence| *confidence == seen).unwrap_or(0) as u8);
        }
    }
    out
}

fn get(prior: &Prior, at: usize) -> (u16, u32) {
    match at.checked_sub(CELLS) {
        None => ((prior.cells[at] >> 16) as u16, prior.cells[at] & 1023),
        Some(at) => (prior.head[at], 0),
    }
}

/// A coder that writes nothing, and notes which cell met what, and what it cost.
#[derive(Default)]
struct Watcher {
    met: Vec<(usize, bool)>,
    bits: f64,
}

impl Coder for Watcher {
    fn decide(&mut self, one: u32, bit: bool) -> bool {
        let one = f64::from(one) / 65536.0;
        self.bits -= (if bit { one } else { 1.0 - one }).log2();
        bit
    }

    fn raw(&mut self, count: u32, value: u64) -> u64 {
        self.bits += f64::from(count);
        value
    }

    fn met(&mut self, class: Class, cell: usize, bit: bool) {
        self.met.push((class as usize * ALL_CELLS + cell, bit));
    }
}

impl Watcher {
    /// Shows the bits of each part: those of the head, then those of each class and what it ended with.
    fn walk(
        &mut self,
        priors: &Priors,
        chunk: &Chunk,
        mut part: impl FnMut(f64, Option<Class>, Option<crate::column::Learnt>),
    ) {
        let mut walk = Walk::of(chunk);
        let walked = walk.head(self, priors).and_then(|()| {
            part(self.bits, None, None);
            let mut before = self.bits;
            walk.body(self, priors, |watcher, class, learnt| {
                part(watcher.bits - before, Some(class), Some(learnt));
                before = watcher.bits;
            })
        });
        debug_assert_eq!(walked, Ok(()), "only decoders meet damage");
    }
}

/// What was seen of some chunks.
struct Watched {
    /// For each cell of each class what it met, chunk by chunk.
    met: Vec<Vec<Vec<bool>>>,
    /// For each class what its chunks ended with.
    learnt: Vec<Vec<crate::column::Learnt>>,
}

impl Watched {
    fn new() -> Watched {
        Watched {
            met: vec![vec![]; Class::COUNT * ALL_CELLS],
            learnt: (0..Class::COUNT).map(|_| vec![]).collect(),
        }
    }

    fn watch(&mut self, priors: &Priors, chunk: &Chunk) {
        let mut watcher = Watcher::default();
        watcher.walk(priors, chunk, |bits, class, learnt| {
            // What hardly changes teaches nothing.
            if let (true, Some(class), Some(learnt)) = (bits > 20.0, class, learnt) {
                self.learnt[class as usize].push(learnt);
            }
        });
        let mut met: BTreeMap<usize, Vec<bool>> = BTreeMap::new();
        for (cell, bit) in watcher.met {
            met.entry(cell).or_default().push(bit);
        }
        for (cell, mut bits) in met {
            bits.truncate(LONGEST);
            self.met[cell].push(bits);
        }
    }

    fn teach(&self, priors: &mut Priors, round: usize) {
        if round == 1 {
            self.teach_cells(priors);
        }
        for (learnt, prior) in self.learnt.iter().zip(priors.rows.iter_mut().skip(1)) {
            if learnt.is_empty() {
                continue;
            }
            let count = learnt.len() as f64;
            let octaves: f64 = learnt.iter().map(|learnt| f64::from(learnt.scale + 1).log2()).sum();
            prior.scale = (octaves / count).exp2() as u32;
            for mixer in 0..if round > 1 { MIXERS } else { 0 } {
                for input in 0..2 {
                    let sum: f64 = learnt.iter().map(|learnt| f64::from(learnt.weights[mixer][input])).sum();
                    // A step of the file's weights is 64.
                    prior.weights[mixer][input] = ((sum / count) as i32).clamp(-2 * ONE, 2 * ONE - 64) >> 6 << 6;
                }
            }
        }
    }

    fn teach_cells(&self, priors: &mut Priors) {
        for at in 0..ALL_CELLS {
            let of_all: Vec<&[bool]> =
                (0..Class::COUNT).flat_map(|class| &self.met[class * ALL_CELLS + at]).map(Vec::as_slice).collect();
            let (one, seen) = fit(&of_all, 32768);
            // What other classes do is no more than a hint.
            priors.rows[0].set(at, one, seen.min(CONFIDENCE[2]));
            let fallback = priors.rows[0].clone();
            for class in 0..Class::COUNT {
                let own: Vec<&[bool]> = self.met[class * ALL_CELLS + at].iter().map(Vec::as_slice).collect();
                let prior = &mut priors.rows[class + 1];
                if own.is_empty() {
                    prior.copy(at, &fallback);
                } else {
                    let (one, seen) = fit(&own, one);
                    prior.set(at, one, seen);
                }
            }
        }
    }
}

/// The start of a cell that would have cost least: its probability, and how many observations that is worth. Long
/// sequences count for more than short ones, but not as much as they are longer.
fn fit(sequences: &[&[bool]], fallback: u16) -> (u16, u32) {
    let mut best = (f64::MAX, (fallback, 0));
    for weight in [4.0, 100.0] {
        let (mut ones, mut all) = (f64::from(fallback) / 65536.0, 1.0);
        for bits in sequences {
            let share = weight / (weight + bits.len() as f64);
            ones += share * bits.iter().filter(|bit| **bit).count() as f64;
            all += share * bits.len() as f64;
        }
        let one = (ones / all * 65536.0).clamp(16.0, 65520.0) as u16;
        for seen in CONFIDENCE {
            let mut cost = f64::from(seen) * 0.003;
            for bits in sequences {
                cost += simulate(bits, one, seen);
                if cost > best.0 {
                    break;
                }
            }
            if cost < best.0 {
                best = (cost, (one, seen));
            }
        }
    }
    best.1
}

/// The bits that a cell would have cost.
fn simulate(bits: &[bool], one: u16, mut seen: u32) -> f64 {
    let mut one = f64::from(one) / 65536.0;
    let mut product = 1.0;
    let mut cost = 0.0;
    for bit in bits {
        product *= (if *bit { one } else { 1.0 - one }).max(1e-4);
        if product < 1e-200 {
            cost -= f64::log2(product);
            product = 1.0;
        }
        let target = f64::from(u8::from(*bit));
        one += (target - one) * f64::from(RATE[seen as usize]) / 8192.0;
        seen = (seen + 1).min(PATIENCE);
    }
    cost - f64::log2(product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Channel, Kind};

    #[test]
    fn what_was_trained_takes_less_room() {
        let chunk = |start: i64| {
            let values = (0..200).map(|at| Some(140 + (start + at) * (start + at) / 50 % 9)).collect();
            Chunk::new((start..start + 200).collect(), vec![Channel { kind: Kind::HEART_RATE, values }]).unwrap()
        };
        let priors = train(&[chunk(0), chunk(500), chunk(900)]);
        let (trained, blank) = (encode_with(&priors, &chunk(300)), encode_with(&Priors::blank(), &chunk(300)));
        assert!(trained.len() < blank.len(), "{} and {} bytes", trained.len(), blank.len());
        assert_eq!(decode_with(&priors, &trained), Ok(chunk(300)));
        assert_eq!(Priors::from_bytes(&to_bytes(&priors)), Some(priors));
    }
}
