//! How a club comes to its end: everybody hears what became of what they sent, hours are closed, programmes end, and all
//! readings are read.

use super::Club;
use kernel::{AccountId, DeviceId};
use local::simulation::{Simulation, Strike};
use std::time::Duration;

/// What follows from a strike has followed by then.
const MINUTES: Duration = Duration::from_secs(10 * 60);
/// More rounds than any club needs to be told everything.
const ROUNDS: usize = 60;
/// How many requests are sent at once.
const AT_ONCE: usize = 8;
/// More strikes than any club needs to come to its end.
const STRIKES: usize = 80;

impl Club {
    /// Lets everything end, and reads what there is.
    pub(super) fn come_to_an_end(&mut self, simulation: &mut Simulation) {
        self.insist(simulation);
        let unseen = self.uploads.iter().filter(|(_, upload)| upload.put.is_some());
        let unseen: Vec<(String, AccountId)> = unseen.map(|(file, upload)| (file.clone(), upload.person)).collect();
        for (file, person) in unseen {
            let look = self.looking_at_file(file, person);
            self.again.push(look);
        }
        self.insist(simulation);
        for _ in 0..STRIKES {
            let (hours, runs) = self.due();
            let Some(at) = hours.into_iter().chain(runs).min() else {
                break;
            };
            let strike = Strike { at, functions: vec!["close-hours", "sweep-enrolments"] };
            simulation.strikes(self, &strike, Vec::new(), MINUTES);
        }
        if let (hours @ Some(_), runs) | (hours, runs @ Some(_)) = self.due() {
            self.surprises.push(format!("hours wait for ever: {hours:?}, or runs: {runs:?}"));
        }
        let devices: Vec<(DeviceId, AccountId)> = self.devices.iter().map(|(id, person)| (*id, *person)).collect();
        for (device, person) in devices {
            let until = simulation.now().after(MINUTES);
            let read = self.read(device, person, format!("from=2010-01-01T00:00:00Z&until={until}&limit=400"));
            self.again.push(read);
        }
        self.insist(simulation);
    }

    /// Sends everything again that was not answered, until it is.
    fn insist(&mut self, simulation: &mut Simulation) {
        for _ in 0..ROUNDS {
            if self.again.is_empty() {
                return;
            }
            let now = simulation.now();
            let errands: Vec<_> = self.again.drain(..self.again.len().min(AT_ONCE)).collect();
            let requests = errands.into_iter().map(|errand| self.request(errand, now)).collect();
            simulation.requests_within(MINUTES, self, requests);
        }
        self.surprises.push(format!("{} requests were never answered", self.again.len()));
    }
}
