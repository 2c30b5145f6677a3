//! Events, and how they are delivered: signed, at least once, in any order, again until they are taken.

use super::refusal::{Refusal, Reply};
use super::store::{Timer, What};
use super::{Stripe, WEBHOOK_SECRET, Webhook};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use kernel::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// Where events go.
const ROUTE: &str = "POST /v1/webhooks/stripe";
/// Stripe gives up after three days.
const MAX_TRIES: u32 = 16;
/// How long an answer to a webhook may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest time between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(8 * 3600);

/// An event, with the object as it was then.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Event {
    id: String,
    kind: String,
    created: i64,
    object: Value,
    previous: Value,
}

impl Event {
    fn render(&self) -> Value {
        let mut data = json!({ "object": self.object });
        if !self.previous.is_null() {
            data["previous_attributes"] = self.previous.clone();
        }
        json!({
            "id": self.id,
            "object": "event",
            "api_version": "2024-10-28.acacia",
            "created": self.created,
            "data": data,
            "livemode": false,
            "pending_webhooks": 1,
            "type": self.kind,
        })
    }
}

impl Stripe {
    /// Something happened to an object.
    pub(super) fn happened(&mut self, kind: &str, object: Value, now: Timestamp) {
        self.happened_from(kind, object, Value::Null, now);
    }

    /// Something happened to an object whose attributes were like this before. Some events are delivered at once,
    /// even before the request that caused them is answered; others later, after younger ones; some twice.
    pub(super) fn happened_from(&mut self, kind: &str, object: Value, previous: Value, now: Timestamp) {
        let id = self.name("evt");
        let chance = Digest::of([id.as_str()]).high_bits();
        let event = Event {
            id,
            kind: kind.to_owned(),
            created: now.as_seconds(),
            object,
            previous,
        };
        self.store.put(&event.id, &event);
        if self.wanted.is_some_and(|wanted| !wanted.contains(&kind)) {
            return;
        }
        let late = [0, 0, 150, 900][usize::from((chance % 4) as u8)];
        let again = (chance >> 8).is_multiple_of(3).then_some(late + 400 + u64::from((chance >> 16) as u8) * 8);
        let (late, again) = if self.is_prompt { (0, None) } else { (late, again) };
        for delay in std::iter::once(late).chain(again) {
            let what = What::Deliver { event: event.id.clone(), tries: 0 };
            self.store.set_timer(now.after(Duration::from_millis(delay)), what);
        }
    }

    pub(super) fn retrieve_event(&mut self, id: &str) -> Reply {
        let event: Option<Event> = self.store.get(id).filter(|_| id.starts_with("evt_"));
        Ok(event.ok_or_else(|| Refusal::not_found("event", id))?.render())
    }

    /// A webhook whose time has come. Until it is answered it counts as lost when its time-out is over.
    pub(super) fn due_webhook(&mut self, now: Timestamp) -> Option<Webhook> {
        loop {
            let (delivery, timer) = self.store.due(now, |what| matches!(what, What::Deliver { .. }))?;
            let What::Deliver { event: id, tries } = timer.what else {
                return None;
            };
            let Some(event) = self.store.get::<Event>(&id) else {
                self.store.drop_timer(delivery);
                continue;
            };
            let what = What::Deliver { event: id, tries: tries + 1 };
            self.store.put_timer(delivery, &Timer { at: now.after(PATIENCE), what });
            let body = event.render().to_string();
            let headers = BTreeMap::from([
                ("content-type".to_owned(), "application/json; charset=utf-8".to_owned()),
                ("stripe-signature".to_owned(), signature(WEBHOOK_SECRET, body.as_bytes(), now)),
            ]);
            return Some(Webhook { route: ROUTE, headers, body, delivery });
        }
    }

    /// A webhook was answered. Any 2xx takes it; anything else has it sent again, later each time.
    pub(super) fn webhook_delivered(&mut self, delivery: u64, status: Option<u16>, now: Timestamp) {
        let Some(Timer { what: What::Deliver { event, tries }, .. }) = self.store.timer(delivery) else {
            return;
        };
        if matches!(status, Some(200..300)) || tries >= MAX_TRIES {
            self.store.drop_timer(delivery);
            return;
        }
        let wait = Duration::from_secs(5).saturating_mul(4u32.saturating_pow(tries.saturating_sub(1)));
        let at = now.after(wait.min(LONGEST_WAIT));
        self.store.put_timer(delivery, &Timer { at, what: What::Deliver { event, tries } });
    }
}

/// The header `Stripe-Signature` of a body.
pub fn signature(secret: &str, body: &[u8], now: Timestamp) -> String {
    let seconds = now.as_seconds();
    let mut signed = format!("{seconds}.").into_bytes();
    signed.extend_from_slice(body);
    let tag = sign(&Key::new(HMAC_SHA256, secret.as_bytes()), &signed);
    let mut header = format!("t={seconds},v1=");
    for byte in tag.as_ref() {
        // Writing to a text cannot fail.
        write!(header, "{byte:02x}").unwrap_or_default();
    }
    header
}
