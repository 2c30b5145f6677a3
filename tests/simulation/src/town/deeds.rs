//! What people of a town do, one thing after the other: for histories that are written down, not drawn.

use super::{Town, manager};
use crate::commands::Command;
use crate::look;
use jobs::job::Job;
use kernel::{AccountId, Principal, RequestId, Role, Timestamp};
use local::simulation::{Random, Simulation, Strike};
use matching::request::Request;
use serde_json::json;
use std::time::Duration;
use supplies::draw::{Draw, State};

/// What follows at once has followed by then, repetitions included.
const MINUTES: Duration = Duration::from_secs(10 * 60);
/// How often somebody tries.
const PATIENCE: usize = 20;

/// Something that somebody does. There is one request at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// A client requests a service, and a worker is found for it unless requests are held back.
    Request,
    /// A manager has requests held back for ten minutes.
    HoldBack,
    /// The client cancels in the moment in which the worker is found.
    CancelWhileMatched,
    /// The worker gets the supplies.
    Supply,
    /// The worker starts when it is time.
    Start,
    /// The worker is done.
    Finish,
    /// The week is over: its run begins.
    EndOfWeek,
}

/// All that it takes until a job is done.
pub const UNTIL_DONE: [Deed; 4] = [Deed::Request, Deed::Supply, Deed::Start, Deed::Finish];

impl Town {
    /// Does this, again and again until it is answered, and waits for what follows within minutes.
    pub fn does(&mut self, simulation: &mut Simulation, deed: Deed) {
        let mut random = Random::new(1);
        let now = simulation.now();
        let mut strike = Strike { at: now, functions: Vec::new() };
        let commands: Vec<Command> = match deed {
            Deed::Request => self.want(&mut random, now).into_iter().collect(),
            Deed::HoldBack => {
                let policy = json!({ "tick_s": 60, "hold_s": 600 });
                let body = json!({ "steps": [{ "step": "rating", "weight": 1 }], "policy": policy });
                vec![self.command("set-pipeline", "PUT /v1/matching/pipeline", manager(0), body)]
            }
            Deed::CancelWhileMatched => {
                strike = Strike {
                    at: self.held_back_until().unwrap_or(now),
                    functions: vec!["match-waiting"],
                };
                let known: Vec<(RequestId, AccountId)> = self.known.clone().into_iter().collect();
                let cancel =
                    |(request, account)| self.cancellation(request, Principal { account, roles: vec![Role::Customer] });
                known.into_iter().map(cancel).collect()
            }
            Deed::Supply => self.newest_job().map(|job| self.step(&job, "request-supplies")).into_iter().collect(),
            Deed::Start => {
                self.wait_for_job(simulation);
                strike.at = simulation.now();
                self.newest_job().map(|job| self.step(&job, "start-job")).into_iter().collect()
            }
            Deed::Finish => self.newest_job().map(|job| self.step(&job, "finish-job")).into_iter().collect(),
            Deed::EndOfWeek => {
                let run = self.calendar.run_of(self.calendar.due_at(now).next());
                strike = Strike { at: run, functions: vec!["begin-run"] };
                Vec::new()
            }
        };
        self.insist(simulation, &strike, commands, deed);
        if deed == Deed::Supply {
            let draws: Vec<Draw> = look::all(&self.cloud, "supplies");
            let open = draws.iter().filter(|draw| draw.state == State::Requested);
            let commands = open.map(|draw| self.decide_draw(draw, true)).collect();
            let strike = Strike { at: simulation.now(), functions: Vec::new() };
            self.insist(simulation, &strike, commands, deed);
        }
    }

    fn insist(&mut self, simulation: &mut Simulation, strike: &Strike, mut commands: Vec<Command>, deed: Deed) {
        let mut strike = strike.clone();
        for _ in 0..PATIENCE {
            let now = simulation.now();
            let requests = commands.drain(..).map(|command| self.request(command, now.max(strike.at))).collect();
            simulation.strikes(self, &strike, requests, MINUTES);
            commands = std::mem::take(&mut self.again);
            if commands.is_empty() {
                return;
            }
            strike = Strike { at: simulation.now(), functions: Vec::new() };
        }
        self.surprises.push(format!("{deed:?} was never answered"));
    }

    fn newest_job(&self) -> Option<Job> {
        look::all(&self.cloud, "jobs").pop()
    }

    fn held_back_until(&self) -> Option<Timestamp> {
        let requests: Vec<Request> = look::all(&self.cloud, "matching");
        requests.iter().filter_map(|request| request.due).min()
    }
}
