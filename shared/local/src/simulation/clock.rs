//! The clock: it goes on by itself, jumps, and starts functions.

use super::engine::{Request, Simulation, Workload};
use super::sim_host::Wait;
use crate::outside::NoAnswer;
use kernel::Timestamp;
use platform::Host;
use std::time::Duration;

/// The clock comes to a time and starts functions there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Strike {
    /// When. What is over is over: the clock never goes back.
    pub at: Timestamp,
    /// What starts, each as often as it is named.
    pub functions: Vec<&'static str>,
}

impl Simulation {
    /// Lets this time pass without anything happening.
    pub fn pass(&mut self, duration: Duration) {
        let now = self.now().after(duration);
        self.host.state().now = now;
        self.trace.add(format!("it is {now}"));
    }

    /// The clock strikes while requests are sent, and everything that follows from that happens; what waits for longer
    /// than `limit` goes on waiting.
    pub fn strikes(&mut self, workload: &mut dyn Workload, strike: &Strike, requests: Vec<Request>, limit: Duration) {
        self.strike(strike);
        self.requests_within(limit, workload, requests);
    }

    pub(super) fn strike(&mut self, strike: &Strike) {
        let now = self.now().max(strike.at);
        self.host.state().now = now;
        self.trace.add(format!("it is {now}"));
        strike.functions.iter().for_each(|function| self.start_scheduled(function));
    }

    /// Tells every function this setting, as a deployment does: all of them start anew.
    pub fn set(&mut self, name: &str, value: &str) {
        self.cloud.set(name, value);
        let names: Vec<_> = self.cloud.functions.keys().copied().collect();
        names.into_iter().for_each(|name| self.start_function(name));
    }

    /// Time goes on: a little, to the next sleeper, or to the next hidden message.
    pub(super) fn pass_time(&mut self) {
        let now = self.host.now();
        let sleeper = {
            let state = self.host.state();
            let sleepers = state.waiting.iter().filter_map(|(id, waiting)| match waiting.what {
                Wait::Until(until) => Some((until, *id)),
                Wait::Call(_) | Wait::Invocation => None,
            });
            sleepers.min()
        };
        let to = match sleeper {
            Some((until, id)) => {
                self.host.resume(id, Err(NoAnswer));
                until
            }
            None if self.tasks.is_empty() && (self.resting || self.random.chance(50)) => {
                let webhook = self.cloud.sandboxes().next_due();
                let message = self.cloud.plane().next_visible();
                webhook.into_iter().chain(message).min().unwrap_or(now)
            }
            None if self.random.chance(self.faults.jump) => {
                now.after(Duration::from_secs(u64::from(self.random.between(600, 10_800))))
            }
            None => now.after(Duration::from_millis(u64::from(self.random.between(1, 5_000)))),
        };
        self.host.state().now = to.max(now);
        self.trace.add(format!("it is {}", to.max(now)));
    }
}
