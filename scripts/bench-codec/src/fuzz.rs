//! Decodes damaged chunks: real and random ones, with bytes changed, cut, joined. The check is forged for most, so that
//! the decoder behind it is met. A panic is a crash; overflow panics, too, since the build checks arithmetic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use chunk_codec::{Channel, Chunk, Kind, training};

use crate::files;

/// Seeds start from whole recordings cut to so many seconds.
const SECONDS: [i64; 3] = [10, 60, 150];

/// xorshift64*: the same executions at every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Runs `count` executions.
pub fn run(count: &str, folder: &str) -> Result<(), String> {
    let count: u64 = count.replace('_', "").parse().map_err(|_| "fuzz <count>".to_owned())?;
    let seeds = seeds(folder)?;
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut crashes, mut accepted, mut headers, mut longest) = (0_u64, 0_u64, 0_u64, 0.0_f64);
    std::panic::set_hook(Box::new(|_| {}));
    let start = Instant::now();
    for execution in 0..count {
        let bytes = damaged(&mut random, &seeds);
        let begin = Instant::now();
        let run = || (chunk_codec::header(&bytes).is_ok(), chunk_codec::decode(&bytes));
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok((header, chunk)) => {
                headers += u64::from(header);
                if let Ok(chunk) = chunk {
                    accepted += 1;
                    // What the decoder accepts is a chunk like any other.
                    let again = chunk_codec::decode(&chunk_codec::encode(&chunk));
                    crashes += u64::from(again.as_ref() != Ok(&chunk));
                }
            }
            Err(_) => {
                crashes += 1;
                eprintln!("crash: {bytes:02x?}");
            }
        }
        longest = longest.max(begin.elapsed().as_secs_f64());
        if (execution + 1) % 1_000_000 == 0 {
            println!("{} executions, {crashes} crashes, {:.0} s", execution + 1, start.elapsed().as_secs_f64());
        }
    }
    println!(
        "{count} executions ({headers} with a readable header, {accepted} accepted as chunks), {crashes} crashes; the \
         longest took {:.0} ms",
        longest * 1e3
    );
    if crashes == 0 { Ok(()) } else { Err(format!("{crashes} crashes")) }
}

/// Encoded chunks: real ones, and a few odd ones.
fn seeds(folder: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut chunks = Vec::new();
    for file in files::readable(folder)? {
        for seconds in SECONDS {
            chunks.extend(files::cut(&file, seconds)?.into_iter().step_by(37).take(20));
        }
    }
    let odd = |times: Vec<i64>, values: Vec<Option<i64>>| {
        let channels = (0..3).map(|kind| Channel { kind: Kind(kind * 300), values: values.clone() }).collect();
        Chunk::new(times, channels).map_err(|error| error.to_string())
    };
    chunks.push(odd(vec![], vec![])?);
    chunks.push(odd(vec![i64::MIN, i64::MAX], vec![Some(i64::MAX), Some(i64::MIN)])?);
    chunks.push(odd(vec![0, 5, 6, 9], vec![None, Some(i64::MIN), Some(0), Some(i64::MAX)])?);
    Ok(chunks.iter().map(chunk_codec::encode).collect())
}

fn damaged(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    match random.below(8) {
        0 => {
            let length = random.below(64);
            bytes = (0..length).map(|_| random.next() as u8).collect();
            if let Some(first) = bytes.first_mut() {
                *first = chunk_codec::VERSION;
            }
        }
        1 => {
            let other = &seeds[random.below(seeds.len())];
            let (keep, from) = (random.below(bytes.len()), random.below(other.len()));
            bytes.truncate(keep);
            bytes.extend_from_slice(&other[from..]);
        }
        2 => bytes.truncate(random.below(bytes.len())),
        _ => {
            for _ in 0..=random.below(4) {
                // Behind the head, mostly: damage there is met when much was decoded.
                let from = if random.below(8) > 0 { bytes.len() * 2 / 3 } else { 0 };
                let at = from + random.below(bytes.len() - from);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = if random.below(2) == 0 { random.next() as u8 } else { *byte ^ (1 << random.below(8)) };
                }
            }
        }
    }
    // One of sixteen keeps the wrong check.
    if random.below(16) > 0 {
        training::forge(&mut bytes);
    }
    bytes
}
