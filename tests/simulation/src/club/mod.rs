//! The people of a simulated sports club: they consent, their devices send readings and their apps files, they train by a
//! programme, delete and withdraw; and the clock closes hours and reminds of sessions.

mod answers;
mod clock;
mod ending;
mod model;
mod opening;
mod readings;
mod training;

use crate::commands::Command;
use crate::invariants;
use kernel::{AccountId, ActivityId, DeviceId, EnrolmentId, Principal, Role, Timestamp, WorkoutId};
use local::cloud::Cloud;
use local::simulation::{Random, Request, Simulation, Strike, Workload};
use local::trigger::HttpResponse;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use model::{Batch, Consent, Erased, Erasure, Recording, Rows, Upload};

/// How many people there are. The second is reached by phone.
const PEOPLE: u32 = 2;
/// Devices of each.
const DEVICES: u32 = 2;
/// Of so many percent of requests another one is sent before the first is answered.
const TWICE: u32 = 15;

/// The people of a club.
pub struct Club {
    /// Whose each device is.
    pub devices: BTreeMap<DeviceId, AccountId>,
    /// What was sent, by its key.
    pub batches: BTreeMap<String, Batch>,
    /// What was to be deleted, by the place of the first request among all.
    pub erasures: BTreeMap<u64, Erasure>,
    /// What people consent to, as far as they know.
    pub consents: BTreeMap<AccountId, Consent>,
    /// What is uploaded, by file.
    pub uploads: BTreeMap<String, Upload>,
    /// What devices recorded as files.
    pub recordings: Vec<Recording>,
    /// Readings as they were read in the end, page by page.
    pub pages: BTreeMap<DeviceId, Vec<Value>>,
    /// Activities that people know of, with whose they are.
    pub activities: BTreeMap<ActivityId, AccountId>,
    /// Workouts that people wrote down, and what they know of them.
    pub written: BTreeMap<WorkoutId, Written>,
    /// Commands that were sent; repetitions are not counted.
    pub commands: u64,
    /// What was wrong with replies.
    pub surprises: Vec<String>,
    runs: BTreeMap<EnrolmentId, AccountId>,
    /// The first good reply to each key.
    replies: BTreeMap<String, Value>,
    cloud: Arc<Cloud>,
    under_way: BTreeMap<u64, Attempt>,
    again: Vec<Errand>,
    next_tag: u64,
    /// Counts what people send and hear: what came before what, in their eyes.
    moment: u64,
    /// For so many wishes devices mostly send what belongs to hours that are being closed.
    rush: u32,
}

/// A workout that somebody wrote down.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// Who.
    pub person: AccountId,
    /// Whether somebody tried to take it back.
    pub in_doubt: bool,
    /// Whether it was taken back.
    pub taken_back: bool,
}

/// What somebody wants, until it is answered.
#[derive(Clone)]
struct Errand {
    command: Command,
    query: String,
    about: About,
}

/// What an errand is about.
#[derive(Clone, PartialEq, Eq, Debug)]
enum About {
    /// A batch, by its key.
    Batch,
    /// An erasure, by its number.
    Erasing(u64),
    /// Consent is given, or withdrawn.
    Consent(bool),
    /// A file that is about to be uploaded: which recording.
    Signing(usize),
    /// What became of a file.
    File(String),
    /// All readings of a device.
    Reading(DeviceId),
    /// Anything else.
    Other,
}

/// An errand under way.
struct Attempt {
    errand: Errand,
    /// What the person knew of the consent when it was sent.
    consent: Consent,
    sent: u64,
}

fn member(n: u32) -> Principal {
    Principal {
        account: AccountId::from_bits(n.into()),
        roles: vec![Role::Customer],
    }
}

fn principal(account: AccountId) -> Principal {
    Principal { account, roles: vec![Role::Customer] }
}

impl Errand {
    fn of(command: Command) -> Self {
        Self { command, query: String::new(), about: About::Other }
    }
}

impl Club {
    /// A club in which nothing has happened yet.
    pub fn new(cloud: Arc<Cloud>) -> Self {
        Self {
            devices: BTreeMap::new(),
            batches: BTreeMap::new(),
            erasures: BTreeMap::new(),
            consents: BTreeMap::new(),
            uploads: BTreeMap::new(),
            recordings: Vec::new(),
            pages: BTreeMap::new(),
            activities: BTreeMap::new(),
            commands: 0,
            surprises: Vec::new(),
            written: BTreeMap::new(),
            runs: BTreeMap::new(),
            replies: BTreeMap::new(),
            cloud,
            under_way: BTreeMap::new(),
            again: Vec::new(),
            next_tag: 1,
            moment: 0,
            rush: 0,
        }
    }

    /// How many readings were read in the end.
    pub fn kept(&self) -> u64 {
        self.pages
            .values()
            .flatten()
            .filter_map(|page| page["rows"].as_array())
            .map(|rows| rows.len() as u64)
            .sum()
    }

    /// What follows what somebody sends and hears.
    fn tick(&mut self) -> u64 {
        self.moment += 1;
        self.moment
    }

    /// A command of somebody's, under a key of its own.
    fn command(&mut self, function: &'static str, route: &'static str, caller: Principal, body: Value) -> Command {
        self.next_tag += 1;
        let key = Some(format!("a-key-of-the-club-{:06}", self.next_tag));
        Command { function, route, path: None, caller, key, body }
    }

    /// An errand as it is sent now.
    fn request(&mut self, errand: Errand, now: Timestamp) -> Request {
        let tag = self.next_tag;
        self.next_tag += 1;
        let sent = self.tick();
        let (function, mut request) = (errand.command.function, errand.command.request(now));
        request.query.clone_from(&errand.query);
        let consent = self.consents.entry(errand.command.caller.account).or_default();
        if let About::Consent(_) = errand.about {
            consent.sent();
        }
        let consent = consent.clone();
        if let (About::Batch, Some(key)) = (&errand.about, &errand.command.key)
            && let Some(batch) = self.batches.get_mut(key)
        {
            batch.first_sent.get_or_insert((sent, now));
        }
        self.under_way.insert(tag, Attempt { errand, consent, sent });
        Request { tag, function, request }
    }

    /// What somebody does next.
    fn wish(&mut self, random: &mut Random, now: Timestamp) -> Option<Errand> {
        let putting = if self.uploads.values().any(|upload| upload.put.is_none()) { 12 } else { 0 };
        let reluctant = self.consents.values().any(|consent| consent.is_given() == Some(false));
        let giving = if reluctant { 14 } else { 1 };
        // Few write anything down.
        let taking = if self.written.values().any(|written| !written.in_doubt) { 14 } else { 0 };
        let late = if self.rush > 0 { 90 } else { 18 };
        self.rush = self.rush.saturating_sub(1);
        match random.weighted(&[
            24, late, 6, 4, 6, 4, 5, putting, 6, giving, 1, 3, 2, 2, 4, 1, 2, taking, 1,
        ]) {
            0 => self.live(random, now),
            1 => self.late(random, now),
            2 => self.bulk(random, now),
            3 => self.erase(random, now),
            4 => self.record(random, now),
            5 => self.delete_activity(random),
            6 => self.sign(random),
            7 => {
                self.put(random, now);
                None
            }
            8 => self.look_at_file(random),
            9 => Some(self.consent(random, true)),
            10 => Some(self.consent(random, false)),
            11 => Some(self.enrol(random, now)),
            12 => self.skip(random),
            13 => self.postpone(random, now),
            14 => Some(self.write_down(random, now)),
            15 => Some(self.set_thresholds(random)),
            16 => self.look_at_chart(random, now),
            17 => self.take_back(random),
            _ => self.delete_device(random),
        }
    }
}

impl Workload for Club {
    fn next(&mut self, random: &mut Random, now: Timestamp) -> Option<Request> {
        let errand = if !self.again.is_empty() && random.chance(60) {
            self.again.remove(random.below(self.again.len()))
        } else {
            self.commands += 1;
            self.wish(random, now)?
        };
        // Some click twice.
        if random.chance(TWICE) {
            self.again.push(errand.clone());
        }
        Some(self.request(errand, now))
    }

    fn answered(&mut self, tag: u64, answer: Option<HttpResponse>) {
        let Some(attempt) = self.under_way.remove(&tag) else {
            return;
        };
        self.ended(&attempt, answer.as_ref());
        match answer {
            Some(answer) => self.heard(attempt, &answer),
            // Who heard nothing sends the very same request again, with the same key.
            None => self.again.push(attempt.errand),
        }
    }

    fn clock(&mut self, random: &mut Random, now: Timestamp) -> Option<Strike> {
        self.next_strike(random, now)
    }

    fn conclude(&mut self, simulation: &mut Simulation) {
        self.come_to_an_end(simulation);
    }

    fn violations(&self, simulation: &Simulation) -> Vec<String> {
        invariants::club::violations(self, simulation)
    }
}
