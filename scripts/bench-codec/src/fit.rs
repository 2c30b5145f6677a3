//! A reader of FIT files: the `record` messages as the integers that the device wrote.
//!
//! Ours and not the crate `fitparser`, because that one applies scale and offset: it gives floats, and the codec keeps
//! what the device wrote. Format: FIT SDK, "Flexible and Interoperable Data Transfer (FIT) Protocol".
//!
//! Read are integer fields with one element, developer fields included (as kinds from 256). Left out are floats, text
//! and arrays.

use std::collections::BTreeMap;

use chunk_codec::Kind;

/// One record: its timestamp in seconds since 1989-12-31 UTC, and its readings.
pub struct Record {
    pub time: i64,
    pub readings: BTreeMap<Kind, i64>,
}

/// What a file says.
pub struct Activity {
    /// The device's serial number: who wears it is taken for one athlete.
    pub serial: u64,
    pub records: Vec<Record>,
}

const FILE_ID: u16 = 0;
const RECORD: u16 = 20;
const FIELD_DESCRIPTION: u16 = 206;
const TIMESTAMP: u8 = 253;

struct Field {
    number: u8,
    size: usize,
    base: u8,
    /// Index of the developer, if it is a developer's.
    developer: Option<u8>,
}

struct Definition {
    message: u16,
    big_endian: bool,
    fields: Vec<Field>,
}

struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or("the file ends in the middle of a message")?;
        self.bytes = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }
}

/// Reads a file, which may hold several one after the other.
pub fn read(mut bytes: &[u8]) -> Result<Activity, String> {
    let mut activity = Activity { serial: 0, records: vec![] };
    while !bytes.is_empty() {
        let mut input = Input { bytes };
        let length = usize::from(input.byte()?);
        let header = input.take(length.checked_sub(1).filter(|rest| *rest >= 11).ok_or("not a FIT file")?)?;
        if &header[7..11] != b".FIT" {
            return Err("not a FIT file".to_owned());
        }
        let size = u32::from_le_bytes([header[3], header[4], header[5], header[6]]) as usize;
        let data = input.take(size)?;
        input.take(2)?;
        messages(Input { bytes: data }, &mut activity)?;
        bytes = input.bytes;
    }
    // Devices write in order but for rare corrections of the clock.
    activity.records.sort_by_key(|record| record.time);
    Ok(activity)
}

fn messages(mut input: Input<'_>, activity: &mut Activity) -> Result<(), String> {
    let mut definitions: [Option<Definition>; 16] = Default::default();
    let mut developers: BTreeMap<(u8, u8), u8> = BTreeMap::new();
    let mut time: i64 = 0;
    while !input.bytes.is_empty() {
        let header = input.byte()?;
        let compressed = header & 0x80 != 0;
        if !compressed && header & 0x40 != 0 {
            definitions[usize::from(header & 15)] = Some(definition(&mut input, header & 0x20 != 0, &developers)?);
            continue;
        }
        let local = if compressed { header >> 5 & 3 } else { header & 15 };
        let definition = definitions[usize::from(local)].as_ref().ok_or("a message without a definition")?;
        if compressed {
            let low = i64::from(header & 31);
            time += (low - time).rem_euclid(32);
        }
        let mut readings = BTreeMap::new();
        let mut numbers: BTreeMap<u8, i64> = BTreeMap::new();
        for field in &definition.fields {
            let raw = input.take(field.size)?;
            let Some(value) = integer(raw, field.base, definition.big_endian) else {
                continue;
            };
            match field.developer {
                Some(index) => {
                    readings.insert(Kind(256 + u16::from(index & 63) * 256 + u16::from(field.number)), value);
                }
                None if field.number == TIMESTAMP => time = value,
                None => {
                    numbers.insert(field.number, value);
                }
            }
        }
        let number = |number: u8| numbers.get(&number).copied();
        match definition.message {
            FILE_ID => activity.serial = number(3).unwrap_or_default() as u64,
            FIELD_DESCRIPTION => {
                if let (Some(index), Some(field), Some(base)) = (number(0), number(1), number(2)) {
                    developers.insert((index as u8, field as u8), base as u8);
                }
            }
            RECORD => {
                readings.extend(numbers.into_iter().map(|(number, value)| (Kind(number.into()), value)));
                activity.records.push(Record { time, readings });
            }
            _ => {}
        }
    }
    Ok(())
}

fn definition(
    input: &mut Input<'_>,
    with_developers: bool,
    developers: &BTreeMap<(u8, u8), u8>,
) -> Result<Definition, String> {
    let fixed = input.take(5)?;
    let big_endian = fixed[1] == 1;
    let message = match big_endian {
        true => u16::from_be_bytes([fixed[2], fixed[3]]),
        false => u16::from_le_bytes([fixed[2], fixed[3]]),
    };
    let mut fields = Vec::new();
    for _ in 0..fixed[4] {
        let field = input.take(3)?;
        fields.push(Field {
            number: field[0],
            size: field[1].into(),
            base: field[2],
            developer: None,
        });
    }
    if with_developers {
        for _ in 0..input.byte()? {
            let field = input.take(3)?;
            // A field that nobody described is skipped, as text is.
            let base = developers.get(&(field[2], field[0])).copied().unwrap_or(7);
            fields.push(Field {
                number: field[0],
                size: field[1].into(),
                base,
                developer: Some(field[2]),
            });
        }
    }
    Ok(Definition { message, big_endian, fields })
}

/// The integer of one element; none if it is of another type, or the type's sign for "no value".
fn integer(raw: &[u8], base: u8, big_endian: bool) -> Option<i64> {
    let (size, signed, nothing) = match base & 0x1F {
        0 | 2 => (1, false, 0xFF),
        1 => (1, true, 0x7F),
        3 => (2, true, 0x7FFF),
        4 => (2, false, 0xFFFF),
        5 => (4, true, 0x7FFF_FFFF),
        6 => (4, false, 0xFFFF_FFFF),
        10 => (1, false, 0),
        11 => (2, false, 0),
        12 => (4, false, 0),
        _ => return None,
    };
    if raw.len() != size {
        return None;
    }
    let mut bytes = [0; 8];
    for (at, byte) in raw.iter().enumerate() {
        bytes[if big_endian { size - 1 - at } else { at }] = *byte;
    }
    let value = i64::from_le_bytes(bytes);
    if value == nothing {
        return None;
    }
    let unused = 64 - 8 * size as u32;
    Some(if signed { value << unused >> unused } else { value })
}
