//! Writing FIT: what [`crate::read`] reads back, and other readers take.

use super::profile::{self, Base, base_of};
use super::{EPOCH, crc};
use crate::activity::Activity;
use chunk_codec::Channel;

/// Protocol 2.0, whose 64-bit integers hold what a field of the profile does not.
const PROTOCOL: u8 = 0x20;
/// The profile's version, in hundredths.
const PROFILE: u16 = 2_132;
/// The manufacturer "development", as the SDK's own samples say.
const MANUFACTURER: u16 = 255;
/// Intervals between heartbeats in one message.
const INTERVALS: usize = 5;

/// The activity as a FIT file. It keeps whole seconds, and the channels of FIT's own fields (kinds below 253): a file of
/// those reads back as the same activity.
pub fn write(activity: &Activity) -> Vec<u8> {
    let mut body = Vec::new();
    define(&mut body, 0, profile::FILE_ID, &[(0, 1, 0x00), (1, 2, 0x84), (3, 4, 0x8C), (4, 4, 0x86)]);
    body.extend([0, u8::try_from(profile::ACTIVITY_FILE).unwrap_or(4)]);
    body.extend(MANUFACTURER.to_le_bytes());
    body.extend(u32::try_from(activity.serial.unwrap_or(0)).unwrap_or(0).to_le_bytes());
    body.extend(time(activity.start).to_le_bytes());
    let (sport, sub) = profile::numbers(activity.sport);
    define(&mut body, 1, profile::EVENT, &[(253, 4, 0x86), (0, 1, 0x00), (1, 1, 0x00)]);
    event(&mut body, activity.start, 0);
    records(&mut body, activity);
    intervals(&mut body, &activity.rr);
    event(&mut body, activity.end, 4);
    define(&mut body, 1, profile::LAP, &[(253, 4, 0x86), (2, 4, 0x86)]);
    for lap in &activity.laps {
        stamped(&mut body, 1, activity.end, &time(*lap).to_le_bytes());
    }
    define(
        &mut body,
        1,
        profile::SESSION,
        &[
            (253, 4, 0x86),
            (2, 4, 0x86),
            (5, 1, 0),
            (6, 1, 0),
            (7, 4, 0x86),
            (8, 4, 0x86),
        ],
    );
    stamped(&mut body, 1, activity.end, &time(activity.start).to_le_bytes());
    body.extend([sport, sub]);
    for millis in [activity.elapsed_millis(), activity.moving_millis()] {
        body.extend(u32::try_from(millis).unwrap_or(u32::MAX).to_le_bytes());
    }
    define(&mut body, 1, profile::ACTIVITY, &[(253, 4, 0x86), (1, 2, 0x84), (5, 4, 0x86)]);
    let offset = activity.utc_offset_minutes.map(|minutes| activity.end + i64::from(minutes) * 60_000);
    stamped(&mut body, 1, activity.end, &1_u16.to_le_bytes());
    body.extend(offset.map_or(u32::MAX, time).to_le_bytes());
    framed(&body)
}

/// The body between its header and its checksum.
fn framed(body: &[u8]) -> Vec<u8> {
    let mut file = vec![14, PROTOCOL];
    file.extend(PROFILE.to_le_bytes());
    file.extend(u32::try_from(body.len()).unwrap_or(0).to_le_bytes());
    file.extend(b".FIT");
    file.extend(crc::of(&file).to_le_bytes());
    file.extend(body);
    file.extend(crc::of(&file).to_le_bytes());
    file
}

/// A definition of fields: number, bytes, type.
fn define(body: &mut Vec<u8>, local: u8, message: u16, fields: &[(u8, u8, u8)]) {
    body.extend([0x40 | local, 0, 0]);
    body.extend(message.to_le_bytes());
    body.push(u8::try_from(fields.len()).unwrap_or(u8::MAX));
    body.extend(fields.iter().flat_map(|(number, size, base)| [*number, *size, *base]));
}

/// A message that begins with its time.
fn stamped(body: &mut Vec<u8>, local: u8, at: i64, rest: &[u8]) {
    body.push(local);
    body.extend(time(at).to_le_bytes());
    body.extend(rest);
}

fn event(body: &mut Vec<u8>, at: i64, event_type: u8) {
    stamped(body, 1, at, &[0, event_type]);
}

/// Seconds since FIT's epoch.
fn time(millis: i64) -> u32 {
    let seconds = millis.saturating_sub(EPOCH).div_euclid(1_000).clamp(0, u32::MAX.into());
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// The records, and between them the starts and stops of the clock.
fn records(body: &mut Vec<u8>, activity: &Activity) {
    let own = activity.channels.iter().filter(|channel| channel.kind.0 < u16::from(profile::TIMESTAMP));
    let columns: Vec<(&Channel, Base)> = own.map(|channel| (channel, base(channel))).collect();
    let mut fields = vec![(profile::TIMESTAMP, 4, 0x86)];
    fields.extend(columns.iter().map(|(channel, base)| {
        let (number, size) = (u8::try_from(channel.kind.0).unwrap_or(0), u8::try_from(base.size).unwrap_or(0));
        (number, size, base.code)
    }));
    define(body, 0, profile::RECORD, &fields);
    let mut switches = activity.pauses.iter().flat_map(|pause| [(pause.from, 4), (pause.until, 0)]).peekable();
    for (at, moment) in activity.times.iter().enumerate() {
        while let Some((when, kind)) = switches.next_if(|(when, _)| when <= moment) {
            event(body, when, kind);
        }
        stamped(body, 0, *moment, &[]);
        for (channel, base) in &columns {
            let value = channel.values[at].unwrap_or(base.nothing);
            body.extend(&value.to_le_bytes()[..base.size]);
        }
    }
    switches.for_each(|(when, kind)| event(body, when, kind));
}

/// The type of the profile if it holds every reading, else one that does.
fn base(channel: &Channel) -> Base {
    let wide = Base { code: 0x8E, size: 8, signed: true, nothing: i64::MAX };
    let own = profile::base_of_kind(channel.kind).and_then(base_of);
    own.filter(|base| channel.values.iter().flatten().all(|value| holds(*base, *value))).unwrap_or(wide)
}

fn holds(base: Base, value: i64) -> bool {
    let bits = 8 * base.size as u32;
    let (low, high) = match base.signed {
        true => (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1),
        false => (0, (1_i64 << bits) - 1),
    };
    value != base.nothing && (low..=high).contains(&value)
}

/// Intervals between heartbeats, some to a message.
fn intervals(body: &mut Vec<u8>, rr: &[u16]) {
    if rr.is_empty() {
        return;
    }
    define(body, 2, profile::HRV, &[(0, 2 * INTERVALS as u8, 0x84)]);
    for some in rr.chunks(INTERVALS) {
        body.push(2);
        let padded = some.iter().copied().chain(std::iter::repeat(0xFFFF)).take(INTERVALS);
        body.extend(padded.flat_map(u16::to_le_bytes));
    }
}
