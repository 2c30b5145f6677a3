//! The public internet, as far as functions call addresses that others name: hosts that answer as they are told to,
//! and remember what came to them.

use crate::outside::{Answer, OutsideCall};
use kernel::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// How many of what came are remembered; older ones are forgotten.
const KEPT: usize = 10_000;

/// Something that came to a host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// Host and path: `partner.example.com/hooks`.
    pub target: String,
    /// When.
    pub at: Timestamp,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Hosts by name. Any host takes whatever comes, unless it is told otherwise.
#[derive(Debug, Default)]
pub struct Directory {
    statuses: BTreeMap<String, u16>,
    arrivals: VecDeque<Arrival>,
}

impl Directory {
    /// From now on `host` answers with this status.
    pub fn answers(&mut self, host: &str, status: u16) {
        self.statuses.insert(host.to_owned(), status);
    }

    /// What came since this was last asked, oldest first.
    pub fn arrivals(&mut self) -> Vec<Arrival> {
        self.arrivals.drain(..).collect()
    }

    /// Answers a call.
    pub fn answer(&mut self, call: &OutsideCall, now: Timestamp) -> Answer {
        if self.arrivals.len() == KEPT {
            self.arrivals.pop_front();
        }
        self.arrivals.push_back(Arrival {
            target: call.target.clone(),
            at: now,
            headers: call.headers.clone(),
            body: call.body.clone(),
        });
        let host = call.target.split(['/', '?']).next().unwrap_or_default();
        Answer::new(self.statuses.get(host).copied().unwrap_or(200), "")
    }
}
