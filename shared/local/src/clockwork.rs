//! What happens by itself in real time: schedules, and partners' webhooks.

use crate::cloud::Cloud;
use crate::realtime::Running;
use crate::sandbox::Webhook;
use crate::trigger::{HttpRequest, HttpResponse, schedule_event};
use kernel::Timestamp;
use platform::function::{Schedule, Trigger};
use serde_json::json;
use std::sync::PoisonError;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The last time at or before `now` for which a start is planned.
pub fn last_planned(schedule: Schedule, now: Timestamp) -> Timestamp {
    let (period, offset) = rhythm(schedule);
    let past = (now.as_millis() - offset).rem_euclid(period);
    Timestamp::from_millis(now.as_millis() - past)
}

/// The first time after `now` for which a start is planned.
pub fn next_planned(schedule: Schedule, now: Timestamp) -> Timestamp {
    Timestamp::from_millis(last_planned(schedule, now).as_millis() + rhythm(schedule).0)
}

/// From one start to the next, and when the first of a day is; in milliseconds.
fn rhythm(schedule: Schedule) -> (i64, i64) {
    match schedule {
        Schedule::Every(period) => (i64::try_from(period.as_millis()).unwrap_or(DAY).max(1), 0),
        Schedule::Daily { hour, minute } => (DAY, (i64::from(hour) * 60 + i64::from(minute)) * 60_000),
    }
}

/// The function that serves a route.
pub fn route(cloud: &Cloud, route: &str) -> Option<&'static str> {
    let mut functions = cloud.functions.values().map(|deployed| &deployed.function);
    let served = functions.find(|function| match function.trigger {
        Trigger::Http { method, path } => route == format!("{method} {path}"),
        _ => false,
    });
    served.map(|function| function.name)
}

impl Running {
    /// The scheduled functions whose time has come, with that time. A start that was missed while the process was
    /// down is made up for once.
    pub(crate) fn due_schedules(&self) -> Vec<(&'static str, Timestamp)> {
        let mut due = Vec::new();
        for deployed in self.cloud.functions.values() {
            let Trigger::Schedule(schedule) = deployed.function.trigger else {
                continue;
            };
            let (function, planned) = (deployed.function.name, last_planned(schedule, self.host.now()));
            let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            let slot = busy.entry(function.to_owned()).or_default();
            let last = self.cloud.plane().last_run(function).unwrap_or(None);
            match last {
                // It begins with the next planned time.
                None => drop(self.cloud.plane().set_last_run(function, planned)),
                Some(last) if last < planned && *slot == 0 => {
                    *slot = 1;
                    due.push((function, planned));
                }
                Some(_) => {}
            }
        }
        due
    }

    pub(crate) async fn start_scheduled(&self, function: &'static str, at: Timestamp) {
        self.invoke(function, &self.invocation_id(), schedule_event(at)).await;
        if let Err(reason) = self.cloud.plane().set_last_run(function, at) {
            self.host.log(&json!({ "level": "error", "message": reason }).to_string());
        }
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(function);
        self.wake();
    }

    /// Delivers a partner's webhook to the function that serves its route.
    pub(crate) async fn send_webhook(&self, partner: &'static str, webhook: Webhook) {
        let function = route(&self.cloud, webhook.route);
        let Webhook { route, headers, body, delivery } = webhook;
        let request = HttpRequest {
            route: route.to_owned(),
            headers,
            body: Some(body),
            ..HttpRequest::default()
        };
        let answer = match function {
            Some(function) => {
                let id = self.invocation_id();
                self.invoke(function, &id, request.event(&id)).await
            }
            None => None,
        };
        let status = answer.map(|answer| HttpResponse::of(&answer).status_code);
        if let Err(reason) = self.cloud.sandboxes().delivered(partner, delivery, status, self.host.now()) {
            self.host.log(&json!({ "level": "error", "message": reason }).to_string());
        }
        self.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_last_planned_time_is_never_in_the_future() {
        let now: Timestamp = "2026-03-29T03:07:30Z".parse().unwrap();
        let planned = |schedule| last_planned(schedule, now).to_string();
        assert_eq!(planned(Schedule::Every(Duration::from_secs(600))), "2026-03-29T03:00:00.000Z");
        assert_eq!(planned(Schedule::Daily { hour: 3, minute: 0 }), "2026-03-29T03:00:00.000Z");
        assert_eq!(planned(Schedule::Daily { hour: 3, minute: 8 }), "2026-03-28T03:08:00.000Z");
        let next = |schedule| next_planned(schedule, now).to_string();
        assert_eq!(next(Schedule::Every(Duration::from_secs(600))), "2026-03-29T03:10:00.000Z");
        assert_eq!(next(Schedule::Daily { hour: 3, minute: 8 }), "2026-03-29T03:08:00.000Z");
    }
}
