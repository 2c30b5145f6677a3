#![doc = include_str!("../FORMAT.md")]

mod check;
mod chunk;
mod column;
mod habits;
mod head;
mod model;
mod predict;
mod priors;
mod range;
mod residual;
mod tables;
#[cfg(any(test, feature = "training"))]
pub mod training;
mod walk;

pub use chunk::{Channel, Chunk, ChunkError, DecodeError, Header, Kind, Summary};

use check::check;
use priors::Priors;
use range::{Decoder, Encoder};
use walk::Walk;

/// The version of the format that is written.
pub const VERSION: u8 = 1;

/// Bytes before the coded part: the version and the check.
const FRONT: usize = 3;

/// The bytes of a chunk.
pub fn encode(chunk: &Chunk) -> Vec<u8> {
    encode_with(Priors::shipped(), chunk)
}

/// The chunk that `encode` was given. Damaged bytes give an error, whatever they are, after bounded work.
pub fn decode(bytes: &[u8]) -> Result<Chunk, DecodeError> {
    decode_with(Priors::shipped(), bytes)
}

/// The summary of an encoded chunk; its readings are left alone.
pub fn header(bytes: &[u8]) -> Result<Header, DecodeError> {
    let mut coder = Decoder::new(coded(bytes)?);
    let mut walk = Walk::default();
    walk.head(&mut coder, Priors::shipped())?;
    Ok(walk.header())
}

fn encode_with(priors: &Priors, chunk: &Chunk) -> Vec<u8> {
    let mut coder = Encoder::new(vec![VERSION, 0, 0]);
    let mut walk = Walk::of(chunk);
    let walked = walk.head(&mut coder, priors).and_then(|()| walk.body(&mut coder, priors, |_, _, _| {}));
    debug_assert_eq!(walked, Ok(()), "only decoders meet damage");
    let mut bytes = coder.finish();
    let check = check(&bytes[FRONT..]).to_le_bytes();
    bytes[1..FRONT].copy_from_slice(&check);
    bytes
}

fn decode_with(priors: &Priors, bytes: &[u8]) -> Result<Chunk, DecodeError> {
    let mut coder = Decoder::new(coded(bytes)?);
    let mut walk = Walk::default();
    walk.head(&mut coder, priors)?;
    walk.body(&mut coder, priors, |_, _, _| {})?;
    coder.finish()?;
    walk.into_chunk()
}

/// What follows the check, if that agrees.
fn coded(bytes: &[u8]) -> Result<&[u8], DecodeError> {
    match bytes {
        [] => Err(DecodeError::Empty),
        [VERSION, low, high, coded @ ..] if check(coded) == u16::from_le_bytes([*low, *high]) => Ok(coded),
        [VERSION, ..] => Err(DecodeError::Damaged),
        [version, ..] => Err(DecodeError::Version(*version)),
    }
}
