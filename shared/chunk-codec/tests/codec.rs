//! What the codec promises: the same readings back, a header that agrees, and nothing but errors for damage.

use chunk_codec::{Channel, Chunk, ChunkError, DecodeError, Kind, Summary, decode, encode, header};
use proptest::collection::vec;
use proptest::prelude::*;

fn chunk(times: Vec<i64>, channels: Vec<(u16, Vec<Option<i64>>)>) -> Chunk {
    let channels = channels.into_iter().map(|(kind, values)| Channel { kind: Kind(kind), values }).collect();
    Chunk::new(times, channels).unwrap()
}

/// The same comes back, and the header says what a look at every reading says.
pub fn check(chunk: &Chunk) -> Vec<u8> {
    let bytes = encode(chunk);
    assert_eq!(decode(&bytes).as_ref(), Ok(chunk));
    let header = header(&bytes).unwrap();
    assert_eq!(header.records, chunk.times().len());
    assert_eq!(header.times, chunk.times().first().zip(chunk.times().last()).map(|(first, last)| (*first, *last)));
    for (channel, (kind, summary)) in chunk.channels().iter().zip(&header.channels) {
        let values: Vec<i64> = channel.values.iter().flatten().copied().collect();
        let expected = values.first().map(|first| Summary {
            count: values.len(),
            min: *values.iter().min().unwrap(),
            max: *values.iter().max().unwrap(),
            sum: values.iter().map(|value| i128::from(*value)).sum(),
            first: *first,
            last: *values.last().unwrap(),
        });
        assert_eq!((*kind, *summary), (channel.kind, expected));
    }
    assert_eq!(header.channels.len(), chunk.channels().len());
    bytes
}

/// Values of every temper: constant, wandering, wild, extreme, on a grid, at rest now and then.
fn values(records: usize) -> impl Strategy<Value = Vec<Option<i64>>> {
    let extreme = prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), Just(-1), any::<i64>()];
    let wander = (any::<i64>(), 1_i64..1_000_000, vec(-20_i64..20, records)).prop_map(|(first, step, walk)| {
        let mut value = first;
        walk.into_iter()
            .map(|by| {
                value = value.wrapping_add(by.wrapping_mul(step));
                value
            })
            .collect()
    });
    let full = prop_oneof![
        vec(extreme, records),
        vec(any::<i64>(), records),
        vec(0_i64..3, records),
        vec(prop_oneof![3 => 80_i64..90, 1 => Just(0)], records),
        wander,
        any::<i64>().prop_map(move |value| vec![value; records]),
    ];
    let gaps = prop_oneof![
        Just(vec![true; records]),
        Just(vec![false; records]),
        vec(any::<bool>(), records),
        vec(prop::bool::weighted(0.95), records),
    ];
    (full, gaps)
        .prop_map(|(values, here)| values.into_iter().zip(here).map(|(value, here)| here.then_some(value)).collect())
}

fn times(records: usize) -> impl Strategy<Value = Vec<i64>> {
    let regular = (-1_000_000_000_000_i64..1_000_000_000_000, 0_i64..5_000)
        .prop_map(move |(first, step)| (0..records as i64).map(|at| first + at * step).collect());
    let wild = vec(prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)], records);
    let jitter = vec(0_i64..4, records).prop_map(|mut gaps| {
        let mut time = 1_000_000_000;
        gaps.iter_mut().for_each(|gap| {
            time += *gap;
            *gap = time;
        });
        gaps
    });
    prop_oneof![regular, wild, jitter].prop_map(|mut times: Vec<i64>| {
        times.sort();
        times
    })
}

fn chunks() -> impl Strategy<Value = Chunk> {
    let kinds = prop::collection::btree_set(prop_oneof![4 => 0_u16..110, 1 => any::<u16>()], 0..9);
    (prop_oneof![0_usize..4, 4_usize..200], kinds)
        .prop_flat_map(|(records, kinds)| {
            let count = kinds.len();
            (times(records), Just(kinds), vec(values(records), count))
        })
        .prop_map(|(times, kinds, columns)| chunk(times, kinds.into_iter().zip(columns).collect()))
}

proptest! {
    #[test]
    fn any_chunk_comes_back(chunk in chunks()) {
        check(&chunk);
    }

    #[test]
    fn random_bytes_are_no_panic(mut bytes in vec(any::<u8>(), 0..200), versioned in any::<bool>()) {
        if let (true, Some(first)) = (versioned, bytes.first_mut()) {
            *first = chunk_codec::VERSION;
        }
        decode(&bytes).ok();
        header(&bytes).ok();
        forge(&mut bytes);
        decode(&bytes).ok();
        header(&bytes).ok();
    }

    #[test]
    fn damage_is_noticed(chunk in chunks(), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut bytes = encode(&chunk);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn forged_damage_is_no_panic(chunk in chunks(), flips in vec((any::<prop::sample::Index>(), any::<u8>()), 1..5)) {
        let mut bytes = encode(&chunk);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        forge(&mut bytes);
        if let Ok(found) = decode(&bytes) {
            check(&found);
        }
    }

    #[test]
    fn forged_cuts_are_no_panic(chunk in chunks(), keep in any::<prop::sample::Index>()) {
        let mut bytes = encode(&chunk);
        bytes.truncate(keep.index(bytes.len()));
        forge(&mut bytes);
        if let Ok(found) = decode(&bytes) {
            check(&found);
        }
    }
}

/// Makes the check agree again. It is the test's own: CRC-16/XMODEM, bit by bit.
fn forge(bytes: &mut [u8]) {
    if let [_, low, high, coded @ ..] = bytes {
        let mut rest = 0_u16;
        for byte in coded.iter() {
            rest ^= u16::from(*byte) << 8;
            for _ in 0..8 {
                rest = if rest & 0x8000 != 0 { rest << 1 ^ 0x1021 } else { rest << 1 };
            }
        }
        [*low, *high] = rest.to_le_bytes();
    }
}

#[test]
fn nothing_and_next_to_nothing() {
    check(&chunk(vec![], vec![]));
    check(&chunk(vec![], vec![(3, vec![]), (7, vec![])]));
    check(&chunk(vec![5], vec![]));
    check(&chunk(vec![i64::MIN], vec![(3, vec![Some(60)]), (4, vec![None])]));
    check(&chunk(vec![i64::MIN, i64::MAX], vec![(0, vec![Some(i64::MAX), Some(i64::MIN)])]));
    check(&chunk(vec![7, 7, 7], vec![(65535, vec![None, Some(i64::MIN), None])]));
}

#[test]
fn what_never_changes_takes_no_room() {
    let bytes = check(&chunk((0..3600).collect(), vec![(13, vec![Some(21); 3600])]));
    assert!(bytes.len() <= 24, "{} bytes", bytes.len());
}

#[test]
fn a_hundred_readings_a_second() {
    let times = (0..90_000).map(|at| 1_700_000_000_000 + at * 10).collect();
    let wave = |at: i64| ((at as f64 / 17.0).sin() * 4000.0) as i64 + at % 7;
    check(&chunk(times, vec![(300, (0..90_000).map(|at| Some(wave(at))).collect())]));
}

#[test]
fn a_day_at_once() {
    let values = |period: i64| (0..86_400).map(|at| (at % 977 > 5).then_some(at / period % 90 + 60)).collect();
    check(&chunk((0..86_400).collect(), (0..11).map(|kind| (kind, values(i64::from(kind) + 3))).collect()));
}

#[test]
fn what_is_no_chunk_is_refused() {
    let make = |times: Vec<i64>, kinds: &[u16], length: usize| {
        let channels = kinds.iter().map(|kind| Channel { kind: Kind(*kind), values: vec![None; length] }).collect();
        Chunk::new(times, channels).map(|_| ())
    };
    assert_eq!(make(vec![2, 1], &[], 2), Err(ChunkError::TimesFall));
    assert_eq!(make(vec![1, 2], &[3, 3], 2), Err(ChunkError::KindsOutOfOrder));
    assert_eq!(make(vec![1, 2], &[3], 3), Err(ChunkError::Length(Kind(3))));
    assert_eq!(make((0..1 << 20).collect(), &[], 0), Ok(()));
    assert_eq!(make((0..1 << 20).collect(), &[3], 1 << 20), Err(ChunkError::TooLarge));
    assert_eq!(make(vec![], &(0..65).collect::<Vec<_>>(), 0), Err(ChunkError::TooLarge));
}

#[test]
fn other_bytes_are_refused() {
    assert_eq!(decode(&[]), Err(DecodeError::Empty));
    assert_eq!(decode(&[2, 0, 0]), Err(DecodeError::Version(2)));
    assert_eq!(header(&[1]), Err(DecodeError::Damaged));
    let mut longer = encode(&chunk(vec![1, 2, 4], vec![(3, vec![Some(60), Some(61), Some(63)])]));
    longer.extend_from_slice(&[1; 40]);
    forge(&mut longer);
    assert_eq!(decode(&longer), Err(DecodeError::Damaged));
}
