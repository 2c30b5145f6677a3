//! How a club begins: people who consent, with devices, rules and thresholds, and a programme.

use super::{About, Club, DEVICES, Errand, PEOPLE, Recording, Rows, member};
use crate::people::register;
use activity_files::{Activity, Format, Stated, write_fit};
use chunk_codec::{Channel, Kind};
use kernel::{Principal, ProgrammeId, Role, Sport, Timestamp};
use local::simulation::{Random, Simulation};
use serde_json::json;
use std::time::Duration;

/// What follows at once has followed by then.
const MINUTES: Duration = Duration::from_secs(10 * 60);
/// Recordings of files.
const RECORDINGS: i64 = 3;
/// The programme.
pub(super) const PROGRAMME: ProgrammeId = ProgrammeId::from_bits(1);
const MINUTE: i64 = 60_000;

impl Club {
    /// Everything that is there before the history begins.
    pub fn open(&mut self, simulation: &mut Simulation, random: &mut Random) {
        for n in 1..=PEOPLE {
            self.surprises.extend(register(&self.cloud, member(n).account, n == 2).err());
        }
        let hour = simulation.now().as_millis().div_euclid(60 * MINUTE) * 60 * MINUTE;
        self.recordings = (0..RECORDINGS).map(|n| recording(hour - (20 + 25 * n) * MINUTE, n)).collect();
        let editor = Principal { account: member(1000).account, roles: vec![Role::Editor] };
        let session = |day: u8, sport: &str| json!({ "day": day, "sport": sport, "title": "Ride", "minutes": 60, "exercises": [] });
        let week = json!({ "sessions": [session(1, "cycling"), session(1, "cycling"), session(3, "running")] });
        let plan = json!({ "title": "Base", "weeks": [week], "growth_percent": 5, "missed": "hold" });
        let command = self.command("set-programme", "PUT /v1/training/programmes/{programme}", editor, plan);
        let path = Some(("programme", PROGRAMME.to_string()));
        self.ask(simulation, Errand::of(crate::commands::Command { path, ..command }));
        for n in 1..=PEOPLE {
            let consent = self.give(member(n), true);
            self.ask(simulation, consent);
            for _ in 0..DEVICES {
                let command =
                    self.command("register-device", "POST /v1/devices", member(n), json!({ "name": "Strap" }));
                self.ask(simulation, Errand::of(command));
            }
            let mut rules = json!({ "thresholds": [{
                "channel": "heart-rate", "side": "above", "limit": 150, "margin": 20, "lasting_s": 5, "cool_down_s": 60,
            }] });
            // The second person wants to be told when a device is silent.
            if n == 2 {
                rules["silence"] = json!({ "after_s": 300, "cool_down_s": 60 });
            }
            let command = self.command("set-alert-rules", "PUT /v1/alert-rules", member(n), rules);
            self.ask(simulation, Errand::of(command));
            if random.chance(80) {
                let thresholds = self.set_thresholds(random);
                self.ask(simulation, thresholds);
            }
            if random.chance(70) {
                let begun = self.enrolment(member(n), simulation.now());
                self.ask(simulation, begun);
            }
        }
    }

    /// Asks for something, and waits for what follows within minutes.
    pub(super) fn ask(&mut self, simulation: &mut Simulation, errand: Errand) {
        let request = self.request(errand, simulation.now());
        simulation.requests_within(MINUTES, self, vec![request]);
    }

    /// A person says whether readings are kept.
    pub(super) fn give(&mut self, who: Principal, given: bool) -> Errand {
        let (function, route) = match given {
            true => ("give-consent", "PUT /v1/sensor-consent"),
            false => ("withdraw-consent", "DELETE /v1/sensor-consent"),
        };
        let command = self.command(function, route, who, serde_json::Value::Null);
        Errand { about: About::Consent(given), ..Errand::of(command) }
    }
}

/// A ride of twenty minutes, with a reading every ten seconds.
fn recording(start: i64, n: i64) -> Recording {
    let times: Vec<i64> = (0..120).map(|step| start + step * 10_000).collect();
    let column = |kind: Kind, base: i64| Channel {
        kind,
        values: (0..120).map(|step| Some(base + n * 7 + step % 17)).collect(),
    };
    let channels = vec![column(Kind::HEART_RATE, 120), column(Kind::POWER, 180)];
    let mut rows = Rows::new();
    for channel in &channels {
        for (at, value) in times.iter().zip(&channel.values) {
            rows.entry(*at).or_default().extend(value.map(|value| (channel.kind.0, value)));
        }
    }
    let activity = Activity {
        format: Format::Fit,
        damage: None,
        serial: None,
        sport: Sport::Cycling,
        utc_offset_minutes: None,
        start,
        end: start + 1_200_000,
        times,
        channels,
        laps: Vec::new(),
        pauses: Vec::new(),
        rr: Vec::new(),
        stated: Stated::default(),
    };
    Recording { rows, file: write_fit(&activity) }
}

/// A day of UTC.
pub(super) fn day(moment: Timestamp) -> String {
    moment.to_string()[..10].to_owned()
}
