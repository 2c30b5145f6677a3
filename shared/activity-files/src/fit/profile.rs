//! Numbers of messages, fields and values of FIT's global profile.

use chunk_codec::Kind;
use kernel::Sport;

pub const FILE_ID: u16 = 0;
pub const SPORT: u16 = 12;
pub const SESSION: u16 = 18;
pub const LAP: u16 = 19;
pub const RECORD: u16 = 20;
pub const EVENT: u16 = 21;
pub const ACTIVITY: u16 = 34;
pub const HRV: u16 = 78;
pub const FIELD_DESCRIPTION: u16 = 206;

/// The field that has the time in every message.
pub const TIMESTAMP: u8 = 253;
/// The type of a file (`file_id`) that holds an activity.
pub const ACTIVITY_FILE: i64 = 4;
/// The event (of `event`) of the clock that counts an activity's time.
pub const TIMER: i64 = 0;

/// Whether a type of event starts the clock; none if it leaves it alone.
pub const fn runs(event_type: i64) -> Option<bool> {
    match event_type {
        0 => Some(true),
        // Stop, stop all, and both with "disable".
        1 | 4 | 8 | 9 => Some(false),
        _ => None,
    }
}

/// The sport of FIT's `sport` and `sub_sport`.
pub const fn sport(sport: i64, sub: i64) -> Sport {
    match (sport, sub) {
        (1, _) | (4, 1) => Sport::Running,
        (2 | 21, _) | (4, 5 | 6) => Sport::Cycling,
        (5, _) => Sport::Swimming,
        (11 | 17, _) => Sport::Walking,
        (12..=14, _) => Sport::Skiing,
        (15, _) | (4, 14) => Sport::Rowing,
        (10, 20) => Sport::Strength,
        _ => Sport::Other,
    }
}

/// What `sport` reads again as that sport.
pub const fn numbers(sport: Sport) -> (u8, u8) {
    match sport {
        Sport::Cycling => (2, 0),
        Sport::Running => (1, 0),
        Sport::Walking => (11, 0),
        Sport::Swimming => (5, 0),
        Sport::Rowing => (15, 0),
        Sport::Skiing => (12, 0),
        Sport::Strength => (10, 20),
        Sport::Other => (0, 0),
    }
}

/// A type of number: its code in definitions, its bytes, whether it has a sign, and the value that says "none".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Base {
    pub code: u8,
    pub size: usize,
    pub signed: bool,
    pub nothing: i64,
}

const fn base(code: u8, size: usize, signed: bool, nothing: i64) -> Base {
    Base { code, size, signed, nothing }
}

/// Every type of integer. Of those with 64 bits and no sign only what a signed one holds is read.
pub const BASES: [Base; 13] = [
    base(0x00, 1, false, 0xFF),
    base(0x01, 1, true, 0x7F),
    base(0x02, 1, false, 0xFF),
    base(0x83, 2, true, 0x7FFF),
    base(0x84, 2, false, 0xFFFF),
    base(0x85, 4, true, 0x7FFF_FFFF),
    base(0x86, 4, false, 0xFFFF_FFFF),
    base(0x0A, 1, false, 0),
    base(0x8B, 2, false, 0),
    base(0x8C, 4, false, 0),
    base(0x8E, 8, true, i64::MAX),
    base(0x8F, 8, false, -1),
    base(0x90, 8, false, 0),
];

/// The type that a code names. The bit for "more than one byte" is left out by some devices.
pub fn base_of(code: u8) -> Option<Base> {
    BASES.into_iter().find(|base| base.code & 0x1F == code & 0x1F)
}

/// The type of a record's field in the global profile; none for fields that we need not know.
pub const fn base_of_kind(kind: Kind) -> Option<u8> {
    match kind {
        Kind::LATITUDE | Kind::LONGITUDE => Some(0x85),
        Kind::DISTANCE | Kind::ACCUMULATED_POWER | Kind::ENHANCED_SPEED | Kind::ENHANCED_ALTITUDE => Some(0x86),
        Kind::ALTITUDE | Kind::SPEED | Kind::POWER | Kind::VERTICAL_OSCILLATION | Kind::STANCE_TIME => Some(0x84),
        Kind::HEART_RATE | Kind::CADENCE | Kind::BALANCE => Some(0x02),
        Kind::GRADE => Some(0x83),
        Kind::TEMPERATURE => Some(0x01),
        _ => None,
    }
}
