//! A stage on which time passes: delayed messages come, partners send their webhooks, until nothing is left to do.

use crate::clockwork::{last_planned, next_planned, route};
use crate::sandbox::Webhook;
use crate::stage::Stage;
use crate::trigger::{HttpRequest, HttpResponse};
use kernel::Timestamp;
use platform::function::{Schedule, Trigger};
use std::time::Duration;

/// More rounds than anything on a stage takes.
const ROUNDS: usize = 10_000;

impl Stage {
    /// Lets everything happen that follows by itself within `time`, but what clocks start. Errors: what failed, which
    /// without faults should not happen.
    pub fn rest(&self, time: Duration) -> Result<(), String> {
        self.rest_until(self.now().after(time), Err)
    }

    /// Lets `time` go by as it does where nobody looks: clocks start what they start, and what fails is tried again.
    pub fn live(&self, time: Duration) -> Result<(), String> {
        let until = self.now().after(time);
        while self.now() < until {
            let since = self.now();
            let next = self.schedules().map(|(_, schedule)| next_planned(schedule, since)).min();
            self.rest_until(next.unwrap_or(until).min(until), |_| Ok(()))?;
            let due: Vec<&'static str> = self
                .schedules()
                .filter(|(_, schedule)| last_planned(*schedule, self.now()) > since)
                .map(|(function, _)| function)
                .collect();
            for function in due {
                // One that fails is made up for by the next.
                self.start(function);
            }
        }
        Ok(())
    }

    fn schedules(&self) -> impl Iterator<Item = (&'static str, Schedule)> + '_ {
        self.cloud.functions.values().filter_map(|deployed| match deployed.function.trigger {
            Trigger::Schedule(schedule) => Some((deployed.function.name, schedule)),
            _ => None,
        })
    }

    fn rest_until(&self, until: Timestamp, failed: impl Fn(String) -> Result<(), String>) -> Result<(), String> {
        for _ in 0..ROUNDS {
            self.settle_or(&failed)?;
            if self.send_webhooks()? {
                continue;
            }
            let webhook = self.cloud.sandboxes().next_due();
            let message = self.cloud.plane().next_visible();
            let next = webhook.into_iter().chain(message).min().filter(|next| *next <= until);
            let to = next.unwrap_or(until).as_millis() - self.now().as_millis();
            self.pass(Duration::from_millis(to.max(0).unsigned_abs()));
            if next.is_none() {
                return Ok(());
            }
        }
        Err("the stage does not come to rest".to_owned())
    }

    /// Delivers what partners send now; whether there was anything.
    fn send_webhooks(&self) -> Result<bool, String> {
        let due = self.cloud.sandboxes().due(self.now());
        let some = !due.is_empty();
        for (partner, Webhook { route: path, headers, body, delivery }) in due {
            let function = route(&self.cloud, path).ok_or_else(|| format!("nobody serves {path}"))?;
            let request = HttpRequest {
                route: path.to_owned(),
                headers,
                body: Some(body),
                ..HttpRequest::default()
            };
            let answer = self.invoke(function, request.event("webhook"));
            let status = answer.ok().map(|answer| HttpResponse::of(&answer).status_code);
            self.cloud.sandboxes().delivered(partner, delivery, status, self.now())?;
        }
        Ok(some)
    }
}
