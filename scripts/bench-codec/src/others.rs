//! Other codecs on the same chunks, given what helps them: each channel in the narrowest type that holds it, no frame
//! headers that a store could leave out.

use chunk_codec::{Chunk, Kind};
use pco::wrapped::FileCompressor;
use pco::{ChunkConfig, data_types::Number};

/// The bytes that other codecs need for the readings, without any summary.
#[derive(Clone, Copy, Default)]
pub struct Sizes {
    pub gorilla: usize,
    pub pco: usize,
    pub zstd: usize,
    /// What a plain summary (varints of count, first, min, max, last, sum) would take besides.
    pub summary: usize,
}

/// Measures one chunk.
pub fn sizes(chunk: &Chunk) -> Result<Sizes, String> {
    let mut masks = Vec::new();
    let mut columns = Vec::new();
    for channel in chunk.channels() {
        mask(&mut masks, &channel.values);
        columns.push((channel.kind, channel.values.iter().flatten().copied().collect::<Vec<i64>>()));
    }
    // A byte for each channel says which it is, two say how many records there are.
    let fixed = 2 + columns.len();
    let mut sizes = Sizes {
        gorilla: fixed + masks.len(),
        pco: fixed + masks.len(),
        zstd: fixed,
        summary: summary(chunk),
    };
    sizes.gorilla += gorilla_bits(chunk.times(), &columns).div_ceil(8);
    sizes.pco += pco(chunk.times())?;
    for (_, values) in &columns {
        sizes.pco += pco(values)?;
    }
    sizes.zstd += [false, true]
        .into_iter()
        .map(|second| zstd(chunk.times(), &masks, &columns, second))
        .min()
        .unwrap_or(0);
    Ok(sizes)
}

/// Which records have a value: the lengths of runs, in turn with and without.
fn mask(out: &mut Vec<u8>, values: &[Option<i64>]) {
    let (mut run, mut present) = (0, true);
    let mut runs = Vec::new();
    for value in values {
        if value.is_some() != present {
            runs.push(run);
            (run, present) = (0, !present);
        }
        run += 1;
    }
    varint(out, runs.len() as u64);
    runs.into_iter().for_each(|run| varint(out, run));
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

fn deltas(values: &[i64]) -> Vec<i64> {
    let mut before = 0;
    values.iter().map(|value| value - std::mem::replace(&mut before, *value)).collect()
}

fn zstd(times: &[i64], masks: &[u8], columns: &[(Kind, Vec<i64>)], second: bool) -> usize {
    let mut bytes = masks.to_vec();
    deltas(&deltas(times)).into_iter().for_each(|value| varint(&mut bytes, zigzag(value)));
    for (kind, values) in columns {
        let mut values = deltas(values);
        if second && matches!(*kind, Kind::LATITUDE | Kind::LONGITUDE | Kind::DISTANCE) {
            values = deltas(&values);
        }
        values.into_iter().for_each(|value| varint(&mut bytes, zigzag(value)));
    }
    // Four bytes of magic number, which a store could leave out.
    zstd::bulk::compress(&bytes, 19).map_or(usize::MAX, |bytes| bytes.len() - 4)
}

fn pco(values: &[i64]) -> Result<usize, String> {
    fn as_type<T: Number + TryFrom<i64>>(values: &[i64]) -> Option<Result<usize, String>> {
        let values: Option<Vec<T>> = values.iter().map(|value| T::try_from(*value).ok()).collect();
        values.map(|values| {
            let config = ChunkConfig::default().with_compression_level(12).with_enable_8_bit(true);
            let mut out = Vec::new();
            let compressor = FileCompressor::default();
            let mut chunk = compressor.chunk_compressor(&values, &config).map_err(|error| error.to_string())?;
            chunk.write_meta(&mut out).map_err(|error| error.to_string())?;
            for page in 0..chunk.n_per_page().len() {
                chunk.write_page(page, &mut out).map_err(|error| error.to_string())?;
            }
            Ok(out.len())
        })
    }
    if values.is_empty() {
        return Ok(0);
    }
    as_type::<u8>(values)
        .or_else(|| as_type::<i16>(values))
        .or_else(|| as_type::<i32>(values))
        .or_else(|| as_type::<i64>(values))
        .unwrap_or_else(|| Err("no type holds them".to_owned()))
}

/// Gorilla (Pelkonen et al., VLDB 2015): delta of delta for timestamps, XOR of doubles for values.
fn gorilla_bits(times: &[i64], columns: &[(Kind, Vec<i64>)]) -> usize {
    let mut bits = 64;
    for value in deltas(&deltas(times)).into_iter().skip(1) {
        bits += match value {
            0 => 1,
            -63..=64 => 9,
            -255..=256 => 12,
            -2047..=2048 => 16,
            _ => 36,
        };
    }
    for (_, values) in columns {
        let mut before = 0_u64;
        let mut window: Option<(u32, u32)> = None;
        for (at, value) in values.iter().enumerate() {
            let now = (*value as f64).to_bits();
            let xor = now ^ std::mem::replace(&mut before, now);
            let (leading, trailing) = (xor.leading_zeros().min(31), xor.trailing_zeros());
            bits += match window {
                _ if at == 0 => 64,
                _ if xor == 0 => 1,
                Some((l, t)) if leading >= l && trailing >= t => 2 + (64 - l - t) as usize,
                _ => {
                    window = Some((leading, trailing));
                    2 + 5 + 6 + (64 - leading - trailing) as usize
                }
            };
        }
    }
    bits
}

/// The bytes of a plain summary.
fn summary(chunk: &Chunk) -> usize {
    let header = chunk.header();
    let mut out = Vec::new();
    if let Some((first, last)) = header.times {
        varint(&mut out, zigzag(first));
        varint(&mut out, zigzag(last - first));
    }
    for (_, summary) in header.channels {
        let Some(of) = summary else { continue };
        let middle = of.count as i128 * i128::from((of.min + of.max) / 2);
        for value in [
            (header.records - of.count) as i64,
            of.first,
            of.first - of.min,
            of.max - of.first,
            of.last - of.first,
        ] {
            varint(&mut out, zigzag(value));
        }
        varint(&mut out, zigzag((of.sum - middle) as i64));
    }
    out.len()
}
