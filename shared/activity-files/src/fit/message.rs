//! The messages of a FIT file: definitions, and data in the shape that a definition gave.

use super::profile::{self, base_of};
use super::{millis, summary};
use crate::columns::Recording;
use crate::limits::Unreadable;
use chunk_codec::Kind;
use std::collections::BTreeMap;

/// Bytes that are left.
pub struct Input<'a> {
    pub bytes: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|taken| taken[0])
    }
}

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

/// The integers of a message by the numbers of their fields.
pub type Numbers = BTreeMap<u8, i64>;

/// What is known of a file while its messages are read.
#[derive(Default)]
pub struct Messages {
    definitions: [Option<Definition>; 16],
    developers: BTreeMap<(u8, u8), u8>,
    /// The time of the last message that had one, in FIT's seconds.
    time: Option<i64>,
    readings: Vec<(Kind, i64)>,
    /// What kind of file it says to be.
    pub file_type: Option<i64>,
    /// How many sessions it has.
    pub sessions: usize,
}

impl Messages {
    /// Reads all messages; whether they end as they should.
    pub fn read(&mut self, input: &mut Input<'_>, recording: &mut Recording) -> Result<bool, Unreadable> {
        while !input.bytes.is_empty() {
            if self.message(input, recording)?.is_none() {
                return Ok(false);
            }
            recording.within()?;
        }
        Ok(true)
    }

    /// Reads one message; none if it is broken.
    fn message(&mut self, input: &mut Input<'_>, recording: &mut Recording) -> Result<Option<()>, Unreadable> {
        let Some(header) = input.byte() else { return Ok(None) };
        let compressed = header & 0x80 != 0;
        if !compressed && header & 0x40 != 0 {
            let definition = self.definition(input, header & 0x20 != 0);
            let complete = definition.is_some();
            self.definitions[usize::from(header & 15)] = definition;
            return Ok(complete.then_some(()));
        }
        let local = if compressed { header >> 5 & 3 } else { header & 15 };
        let Some(definition) = self.definitions[usize::from(local)].take() else {
            return Ok(None);
        };
        if compressed && let Some(time) = &mut self.time {
            *time += (i64::from(header & 31) - *time).rem_euclid(32);
        }
        let read = self.data(&definition, input, recording);
        self.definitions[usize::from(local)] = Some(definition);
        read
    }

    fn definition(&self, input: &mut Input<'_>, with_developers: bool) -> Option<Definition> {
        let fixed = input.take(5)?;
        let big_endian = fixed[1] == 1;
        let number = [fixed[2], fixed[3]];
        let message = if big_endian { u16::from_be_bytes(number) } else { u16::from_le_bytes(number) };
        let own = input.take(usize::from(fixed[4]) * 3)?.chunks_exact(3);
        let mut fields: Vec<Field> = own.map(|field| Field::new(field, field[2], None)).collect();
        if with_developers {
            let count = usize::from(input.byte()?);
            fields.extend(input.take(count * 3)?.chunks_exact(3).map(|field| {
                // A field that nobody described is skipped, as text is.
                let base = self.developers.get(&(field[2], field[0])).copied().unwrap_or(7);
                Field::new(field, base, Some(field[2]))
            }));
        }
        Some(Definition { message, big_endian, fields })
    }

    /// Reads a message's data; none if it ends too early.
    fn data(
        &mut self,
        definition: &Definition,
        input: &mut Input<'_>,
        recording: &mut Recording,
    ) -> Result<Option<()>, Unreadable> {
        let Some(raw) = input.take(definition.fields.iter().map(|field| field.size).sum()) else {
            return Ok(None);
        };
        let (mut raw, mut numbers) = (Input { bytes: raw }, Numbers::new());
        self.readings.clear();
        for field in &definition.fields {
            let Some(bytes) = raw.take(field.size) else {
                return Ok(None);
            };
            if definition.message == profile::HRV && field.number == 0 {
                intervals(bytes, definition.big_endian, &mut recording.rr);
            }
            let Some(value) = integer(bytes, field.base, definition.big_endian) else {
                continue;
            };
            match field.developer {
                Some(index) => {
                    let kind = Kind(256 + u16::from(index & 63) * 256 + u16::from(field.number));
                    self.readings.push((kind, value));
                }
                None if field.number == profile::TIMESTAMP => self.time = Some(value.clamp(0, u32::MAX.into())),
                None => {
                    numbers.insert(field.number, value);
                }
            }
        }
        match definition.message {
            profile::RECORD => self.record(&numbers, recording)?,
            profile::FIELD_DESCRIPTION => self.describe(&numbers),
            message => summary::keep(message, &numbers, self, recording),
        }
        Ok(Some(()))
    }

    /// A record without a time is none.
    fn record(&mut self, numbers: &Numbers, recording: &mut Recording) -> Result<(), Unreadable> {
        let Some(time) = self.time else { return Ok(()) };
        self.readings.extend(numbers.iter().map(|(number, value)| (Kind(u16::from(*number)), *value)));
        recording.record(millis(time), &self.readings)
    }

    fn describe(&mut self, numbers: &Numbers) {
        let byte = |number: u8| numbers.get(&number).and_then(|value| u8::try_from(*value).ok());
        if let (Some(index), Some(field), Some(base)) = (byte(0), byte(1), byte(2)) {
            self.developers.insert((index, field), base);
        }
    }

    /// The time of the last message that had one, in milliseconds since 1970.
    pub fn now(&self) -> Option<i64> {
        self.time.map(millis)
    }
}

impl Field {
    fn new(definition: &[u8], base: u8, developer: Option<u8>) -> Self {
        Field {
            number: definition[0],
            size: definition[1].into(),
            base,
            developer,
        }
    }
}

/// The integer of one element; none if it is of another type, or the type's sign for "no value".
fn integer(raw: &[u8], code: u8, big_endian: bool) -> Option<i64> {
    let base = base_of(code).filter(|base| base.size == raw.len())?;
    let mut bytes = [0; 8];
    for (at, byte) in raw.iter().enumerate() {
        bytes[if big_endian { base.size - 1 - at } else { at }] = *byte;
    }
    let value = i64::from_le_bytes(bytes);
    let unused = 64 - 8 * u32::try_from(base.size).unwrap_or(8);
    let value = if base.signed { value << unused >> unused } else { value };
    (value != base.nothing && (base.signed || value >= 0)).then_some(value)
}

/// Intervals between heartbeats: as many as there are, in milliseconds.
fn intervals(raw: &[u8], big_endian: bool, rr: &mut Vec<u16>) {
    let read = if big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
    rr.extend(raw.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).filter(|interval| *interval != 0xFFFF));
}
