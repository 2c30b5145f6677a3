//! `cargo dev demo services`: a week of on-demand services in fast-forward, from a partner's file to the workers' money.
//!
//! Clients are imported, workers are hired through tests, requests are matched, done, missed, given up and cancelled; on
//! Sunday everybody is invoiced and paid, while the payout provider loses every seventh answer and every eleventh call.
//! Then everything is held to everything. The functions are those that are deployed; only the clock is ours. The same seed plays the same week.

mod people;
mod proof;
mod sunday;
mod week;
mod work;

use crate::answers::expect;
use crate::{Options, Outcome};
use journeys::ADMIN;
use kernel::{AccountId, Principal, Role};
use local::simulation::Random;
use local::stage::Stage;
use local::testing::caller;
use local::trigger::HttpResponse;
use serde_json::Value;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// How much of everything there is.
#[derive(Clone, Copy, Debug)]
struct Plan {
    clients: usize,
    workers: usize,
    requests: usize,
}

/// Plays it, tells what happens, and proves that nothing is missing.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a command line that measures its own time")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["clients", "workers", "requests", "seed"])?;
    let plan = Plan {
        clients: options.get("clients", 1_000)?,
        workers: options.get("workers", 50)?,
        requests: options.get("requests", 2_000)?,
    };
    if !(20..=1_000).contains(&plan.clients) || !(3..=200).contains(&plan.workers) {
        return Err("a week has 20 to 1000 clients, who come in one file, and 3 to 200 workers".to_owned());
    }
    let begun = Instant::now();
    let mut town = Town::new(options.get("seed", 1)?)?;
    let clients = town.import(plan.clients)?;
    town.keep_cards(&clients[..plan.clients / 5])?;
    let workers = town.hire(plan.workers)?;
    let services = town.open(&workers)?;
    let mut week = week::Week::new(clients, workers, services, plan.requests);
    town.play(&mut week)?;
    town.sunday(&week)?;
    town.prove(&week)?;
    println!(
        "\na week in {:.0} s: {} invocations. Everything is there, and nothing happened twice.",
        begun.elapsed().as_secs_f64(),
        town.invoked
    );
    Ok(())
}

/// Where it happens.
struct Town {
    stage: Stage,
    random: Random,
    /// Counts keys, so that none is used twice.
    keys: u64,
    /// Counts invocations.
    invoked: usize,
}

impl Town {
    fn new(seed: u64) -> Result<Self, String> {
        let stage = Stage::new(simulation::contexts())?;
        // Everybody comes from one network here, and passwords are not what is shown.
        stage.cloud.on_a_desk(ADMIN);
        stage.set("PASSWORD_COST", "8,1,1");
        Ok(Self { stage, random: Random::new(seed), keys: 0, invoked: 0 })
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("a-key-that-is-used-once-{:08}", self.keys)
    }

    /// Lets time pass.
    fn live(&mut self, time: Duration) -> Outcome {
        self.stage.live(time)?;
        // What nobody looks at is not kept: a week makes some hundred thousands of calls.
        self.invoked += self.stage.invoked().len();
        self.stage.calls();
        self.stage.costs();
        Ok(())
    }

    /// Asks as `who`; the answer, if it has this status.
    fn ask(
        &mut self,
        status: u16,
        who: &Principal,
        function: &'static str,
        at: &str,
        body: Option<&Value>,
    ) -> Result<Value, String> {
        expect(status, self.answer(who, function, at, body)).map_err(|reason| format!("{function}: {reason}"))
    }

    fn answer(&mut self, who: &Principal, function: &'static str, at: &str, body: Option<&Value>) -> HttpResponse {
        let key = self.key();
        let ask = self.stage.ask(function).by(who).at(at).key(&key);
        match body {
            Some(body) => ask.send(body),
            None => ask.get(),
        }
    }
}

fn manager() -> Principal {
    caller(9_001, Role::Manager)
}

/// The second pair of eyes.
fn other_manager() -> Principal {
    caller(9_002, Role::Manager)
}

fn client(account: AccountId) -> Principal {
    Principal { account, roles: vec![Role::Customer] }
}

fn worker(account: AccountId) -> Principal {
    Principal { account, roles: vec![Role::Customer, Role::Worker] }
}

/// A line of what happened so far, with the time in Moscow.
#[allow(clippy::print_stdout, reason = "this is a command line")]
fn tell(town: &Town, what: &str) {
    let here = town.stage.now().after(3 * HOUR).to_string();
    println!("{} {}  {what}", &here[..10], &here[11..16]);
}
