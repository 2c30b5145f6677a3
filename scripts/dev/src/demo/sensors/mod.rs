//! `cargo dev demo sensors`: real recordings go through the API as apps send them, and all of them is there.
//!
//! Each recording comes twice: in batches of random lengths that overlap, as JSON or as chunks, or as the file itself
//! through a signed upload, the second time compressed and under another name. What belongs to all recordings comes in
//! any order, some of it again. Then the stored readings are held against the files, one by one. The functions are those
//! that are deployed; only the clock is ours. The same seed sends the same.

mod delivery;
mod picture;
mod proof;
mod recording;

use crate::answers::{expect, id};
use crate::{Options, Outcome};
use kernel::{DeviceId, Principal, Role};
use local::simulation::Random;
use local::stage::Stage;
use local::testing::caller;
use serde_json::json;
use std::time::{Duration, Instant};

/// Sends them, holds what is stored against them, and draws a ride.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a command line that measures its own time")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["recordings", "seed"])?;
    let (most, seed) = (options.get("recordings", usize::MAX)?, options.get("seed", 1)?);
    let begun = Instant::now();
    let mut random = Random::new(seed);
    let recordings = recording::all(&mut random, most)?;
    let mut home = Home::new(random)?;
    let devices = recordings.iter().map(|one| home.register(&one.name)).collect::<Result<Vec<_>, _>>()?;
    home.send(&recordings, &devices)?;
    home.close()?;
    println!("{}", home.sent);
    let found = home.prove(&recordings, &devices)?;
    println!("{found}");
    let units = home.sent.units;
    println!("{units:.0} write units: {:.1} records each", found.records as f64 / units);
    home.draw(&recordings, &devices)?;
    println!(
        "\n{} invocations in {:.0} s. Every reading is there, once, and nothing else.",
        home.sent.invocations,
        begun.elapsed().as_secs_f64(),
    );
    Ok(())
}

/// Where it happens: a person, and what the person's app sent.
struct Home {
    stage: Stage,
    person: Principal,
    random: Random,
    sent: delivery::Sent,
}

impl Home {
    /// A person who consents.
    fn new(random: Random) -> Result<Self, String> {
        let stage = Stage::new(vec![sensors::context()])?;
        let person = caller(1, Role::Customer);
        expect(200, stage.ask("give-consent").by(&person).get())?;
        Ok(Self { stage, person, random, sent: delivery::Sent::default() })
    }

    /// A device for each recording: what is compared is then one recording's alone.
    fn register(&self, name: &str) -> Result<DeviceId, String> {
        let key = format!("the-device-of-{name}");
        let ask = self.stage.ask("register-device").by(&self.person).key(&key);
        let device = expect(201, ask.send(&json!({ "name": name })))?;
        id(&device)?.parse().map_err(|_| format!("{device} has no id"))
    }

    /// Lets time pass. What came by then has followed; and as every five minutes, hours that are over are closed.
    fn live(&mut self, time: Duration) -> Outcome {
        self.stage.pass(time);
        self.stage.settle()?;
        if !self.stage.start("close-hours") {
            return Err("close-hours failed".to_owned());
        }
        self.note();
        Ok(())
    }

    /// Counts what was invoked and written. Calls are not kept: there are thousands, with all they sent.
    fn note(&mut self) {
        self.sent.invocations += self.stage.invoked().len();
        self.sent.units += self.stage.costs().iter().map(|cost| cost.writes).sum::<f64>();
        self.stage.calls();
    }

    /// All hours are over, and summed up.
    fn close(&mut self) -> Outcome {
        for _ in 0..10 {
            self.live(Duration::from_secs(900))?;
        }
        Ok(())
    }

    /// What somebody is shown of a device.
    fn look(&self, function: &'static str, device: DeviceId, query: &str) -> Result<serde_json::Value, String> {
        expect(200, self.stage.ask(function).by(&self.person).at(device).query(query).get())
            .map_err(|reason| format!("{function}: {reason}"))
    }
}
