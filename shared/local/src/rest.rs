//! A stage on which time passes: delayed messages come, partners send their webhooks, until nothing is left to do.

use crate::clockwork::route;
use crate::sandbox::Webhook;
use crate::stage::Stage;
use crate::trigger::{HttpRequest, HttpResponse};
use std::time::Duration;

/// More rounds than anything on a stage takes.
const ROUNDS: usize = 10_000;

impl Stage {
    /// Lets everything happen that happens by itself within `time`. Errors: what failed, which without faults should
    /// not happen.
    pub fn rest(&self, time: Duration) -> Result<(), String> {
        let until = self.now().after(time);
        for _ in 0..ROUNDS {
            self.settle()?;
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
