//! The messages that say something of the whole: what it was, when the clock stood still, what the device makes of it.

use super::message::{Messages, Numbers};
use super::{millis, profile};
use crate::activity::Stated;
use crate::columns::Recording;
use kernel::Sport;

/// Minutes that no local clock is ahead of UTC, or behind it.
const OFFSETS: i64 = 14 * 60;

/// Keeps what a message says of the whole, if it does.
pub fn keep(message: u16, numbers: &Numbers, messages: &mut Messages, recording: &mut Recording) {
    let number = |number: u8| numbers.get(&number).copied();
    match message {
        profile::FILE_ID => {
            recording.serial = number(3).and_then(|serial| u64::try_from(serial).ok()).or(recording.serial);
            messages.file_type = number(0);
        }
        profile::SPORT => {
            recording.sport = number(0).map(|sport| profile::sport(sport, number(1).unwrap_or_default()));
        }
        profile::SESSION => session(numbers, messages, recording),
        profile::LAP => recording.laps.extend(number(2).map(millis)),
        profile::EVENT if number(0) == Some(profile::TIMER) => {
            recording.timer.extend(messages.now().zip(number(1).and_then(profile::runs)));
        }
        profile::ACTIVITY => {
            if let (Some(now), Some(local)) = (messages.now(), number(5)) {
                recording.utc_offset_minutes = offset(now, millis(local));
            }
        }
        _ => {}
    }
}

/// Of several sessions (a triathlon) each says something of its part only: no figure of them is one of the whole.
fn session(numbers: &Numbers, messages: &mut Messages, recording: &mut Recording) {
    let number = |number: u8| numbers.get(&number).copied();
    let sport = number(5).map(|sport| profile::sport(sport, number(6).unwrap_or_default()));
    messages.sessions += 1;
    if messages.sessions > 1 {
        recording.stated = Stated::default();
        recording.sport = recording.sport.filter(|before| sport == Some(*before)).or(Some(Sport::Other));
        return;
    }
    recording.sport = sport.or(recording.sport);
    recording.stated = Stated {
        timer_millis: number(8),
        distance_cm: number(9),
        normalised_power: number(34),
        stress_tenths: number(35),
        threshold_power: number(45),
    };
}

/// What local clocks are ahead of UTC: a multiple of a quarter of an hour, the devices' seconds apart.
fn offset(utc: i64, local: i64) -> Option<i16> {
    let minutes = local.saturating_sub(utc) / 60_000;
    let quarters = (minutes + if minutes < 0 { -7 } else { 7 }) / 15 * 15;
    i16::try_from(quarters).ok().filter(|minutes| i64::from(*minutes).abs() <= OFFSETS)
}
