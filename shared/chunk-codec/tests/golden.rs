//! Version 1 stays as it is: these bytes are in people's tables.

use chunk_codec::{Channel, Chunk, Kind, decode, encode};

/// A ride of 200 records with a gap, made of integer arithmetic alone.
fn ride() -> Chunk {
    let mut random = 1_u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((random >> 33) % below) as i64
    };
    let (mut time, mut north, mut east, mut distance) = (700_000_000, 568_000_000, -630_000_000, 0);
    let mut times = Vec::new();
    let mut values: Vec<Vec<Option<i64>>> = vec![vec![]; 9];
    for at in 0..200_i64 {
        time += if at == 120 { 9 } else { 1 };
        times.push(time);
        let speed = 8_000 + (at % 50) * 20 + next(90);
        let rests = (60..80).contains(&at);
        (north, east, distance) = (north + 300 + next(40), east - 700 - next(40), distance + speed / 10);
        let work = 100 * at;
        let row = [
            Some(north),
            Some(east),
            Some(2_500 + at / 9),
            (at % 23 != 7).then_some(130 + at / 20 + next(2)),
            Some(if rests { 0 } else { 85 + next(4) }),
            Some(distance),
            Some(speed),
            Some(if rests { 0 } else { 200 + next(60) }),
            Some(work),
        ];
        values.iter_mut().zip(row).for_each(|(values, value)| values.push(value));
    }
    let kinds = [0, 1, 2, 3, 4, 5, 6, 7, 400];
    let channels = kinds.into_iter().zip(values).map(|(kind, values)| Channel { kind: Kind(kind), values }).collect();
    Chunk::new(times, channels).unwrap()
}

#[test]
fn version_1_is_written_and_read_as_ever() {
    let golden = include_bytes!("golden-1.bin");
    assert_eq!(decode(golden).unwrap(), ride());
    assert_eq!(encode(&ride()), golden, "another format needs another version");
}

#[test]
fn whatever_is_cut_off_is_missed() {
    let golden = include_bytes!("golden-1.bin");
    (0..golden.len()).for_each(|keep| assert!(decode(&golden[..keep]).is_err(), "{keep} bytes"));
}
