//! `add-chunk`: the codec's own bytes, and whatever else somebody sends in their place.

use crate::support::{
    DAY, HOUR, KEY, SECOND, chart, chunk, counted, morning, person, rows, send_chunk, stranger, with_device, writes,
};
use chunk_codec::{Channel, Chunk, Kind, encode};
use local::testing::problem;
use sensors::fragment::Fragment;

#[test]
fn a_chunk_is_read_back_exactly() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let sent = chunk(from, SECOND, 900);
    let bytes = encode(&sent);
    let answer = send_chunk(&stage, &person(), device, KEY, &bytes);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    assert_eq!(send_chunk(&stage, &person(), device, KEY, &bytes).body, answer.body);
    let found = rows(&stage, &person(), device, from, from + HOUR, 500);
    let expected: Vec<(i64, Option<i64>, Option<i64>)> = (0..900)
        .map(|n| (sent.times()[n], sent.channels()[0].values[n], sent.channels()[1].values[n]))
        .filter(|(_, rate, power)| rate.is_some() || power.is_some())
        .collect();
    let found: Vec<(i64, Option<i64>, Option<i64>)> =
        found.iter().map(|row| (row[0].as_i64().unwrap(), row[1].as_i64(), row[2].as_i64())).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_whole_day_at_once_is_taken_and_summed_up() {
    let (stage, device) = with_device();
    let from = stage.now().as_millis().div_euclid(DAY) * DAY - 2 * DAY;
    let answer = send_chunk(&stage, &person(), device, KEY, &encode(&chunk(from, SECOND, 86_400)));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    let day = chart(&stage, device, from, from + DAY, 2000);
    assert_eq!(day["stretch_s"], 60);
    let rates = (0..86_400).filter(|n| n % 11 != 0).count();
    assert_eq!(counted(&day), i64::try_from(rates).unwrap());
    let year = chart(&stage, device, from - 364 * DAY, from + DAY, 2000);
    assert_eq!((year["stretch_s"].as_i64(), counted(&year)), (Some(86_400), i64::try_from(rates).unwrap()));
}

#[test]
fn a_hundred_readings_a_second_are_cut_into_items_that_fit() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let answer = send_chunk(&stage, &person(), device, KEY, &encode(&chunk(from, 10, 90_000)));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    let most = stage.calls().iter().filter(|call| writes(call)).map(|call| call.body.len()).max();
    assert!(most < Some(400_000), "{most:?}");
    let found = rows(&stage, &person(), device, from + 10_000, from + 20_000, 20_000);
    let some = (1000..2000).filter(|n| n % 11 != 0).count();
    assert_eq!(found.len(), some);
    let hour = chart(&stage, device, from, from + HOUR, 1000);
    assert_eq!(hour["points"].as_array().unwrap().len(), 1000);
}

#[test]
fn what_is_no_chunk_is_refused_whatever_it_is() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let good = encode(&chunk(from, SECOND, 100));
    let send = |bytes: &[u8]| send_chunk(&stage, &person(), device, KEY, bytes);
    stage.calls();
    for n in 0..good.len() {
        let mut damaged = good.clone();
        damaged[n] ^= 0x10;
        problem(&send(&damaged), 422, "chunk-unreadable");
    }
    problem(&send(&good[..good.len() / 2]), 422, "chunk-unreadable");
    problem(&send(b"{\"rows\":[]}"), 422, "chunk-unreadable");
    problem(&send(&vec![1; 1024 * 1024 + 1]), 400, "invalid-body");
    problem(&send(b""), 400, "invalid-body");
    problem(&send(&encode(&Chunk::new(Vec::new(), Vec::new()).unwrap())), 422, "no-readings");
    let with_kind = |kind: u16, value: i64| {
        let channels = vec![Channel { kind: Kind(kind), values: vec![Some(value)] }];
        encode(&Chunk::new(vec![from], channels).unwrap())
    };
    problem(&send(&with_kind(999, 1)), 422, "channel-unknown");
    problem(&send(&with_kind(3, -1)), 422, "value-impossible");
    let old = encode(&chunk(0, SECOND, 10));
    problem(&send(&old), 422, "clock-wrong");
    assert!(!stage.calls().iter().any(writes), "nothing was written");
}

#[test]
fn a_few_bytes_that_stand_for_very_many_readings_are_bounded() {
    let (stage, device) = with_device();
    let from = stage.now().as_millis() - 20 * HOUR;
    // A million moments without a reading take a few dozen bytes.
    let bomb = Chunk::new((0..1 << 20).map(|n| from + n).collect(), Vec::new()).unwrap();
    let bytes = encode(&bomb);
    assert!(bytes.len() < 100, "{}", bytes.len());
    problem(&send_chunk(&stage, &person(), device, KEY, &bytes), 422, "no-readings");
}

#[test]
fn a_chunk_for_anothers_device_is_for_none() {
    let (stage, device) = with_device();
    let bytes = encode(&chunk(morning(&stage), SECOND, 10));
    problem(&send_chunk(&stage, &stranger(), device, KEY, &bytes), 404, "not-found");
}

#[test]
fn a_fragment_without_some_of_its_readings_has_the_others_as_they_were() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let piece = sensors::batch::Piece { window: from, part: 0, chunk: chunk(from, SECOND, 300) };
    let whole = Fragment::new(device, kernel::BatchId::from_bits(1), "f", &piece, stage.now());
    let cut = from + 100 * SECOND..from + 200 * SECOND;
    let rest = whole.without(&cut).unwrap().unwrap();
    let all = i64::MIN..i64::MAX;
    let left = sensors::fragment::merged(vec![rest.clone()], &all).unwrap();
    assert_eq!(left, sensors::fragment::merged(vec![whole], &all).unwrap().without(&cut));
    assert_eq!(rest.without(&cut).unwrap(), None, "nothing is left there");
    assert!(rest.without(&all).unwrap().unwrap().chunk.0.is_empty());
}
