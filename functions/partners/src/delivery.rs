//! Deliveries: one event on its way to one endpoint, tried again until it arrives or three days are over. Pure.

use kernel::{AccountId, Digest, EndpointId, Timestamp};
use platform::Undelivered;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::Duration;

/// How long after each failed try the next one follows, in seconds: three days in all.
const WAITS: [u64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// By how much of it a wait is longer, at random: so that what failed together does not come together again.
const JITTER_PERCENT: u64 = 10;
/// A delivery that nobody tried by then is found by the sweeper.
const OVERDUE: Duration = Duration::from_secs(60);
/// How long one try may take, with all that is read and written around it.
const LEASE: Duration = Duration::from_secs(60);
/// For how long what is sent is kept, and can be sent again.
pub const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// Names a delivery among those to its endpoint: when its event was decided, and which one it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeliveryId(String);

impl DeliveryId {
    /// What the ids of events that were decided then begin with; they sort by it.
    pub fn begin(at: Timestamp) -> String {
        format!("{:014}", at.as_millis().max(0))
    }
}

impl std::fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<DeliveryId> for String {
    fn from(id: DeliveryId) -> Self {
        id.0
    }
}

impl TryFrom<String> for DeliveryId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        match text.len() == 41 && text.bytes().all(known) {
            true => Ok(Self(text)),
            false => Err("a delivery is named as list-deliveries names it".to_owned()),
        }
    }
}

impl JsonSchema for DeliveryId {
    fn schema_name() -> Cow<'static, str> {
        "DeliveryId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Names a delivery among those to its endpoint.",
            "pattern": "^[0-9]{14}-[0-9a-hjkmnp-tv-z]{26}$",
            "examples": ["01769860800000-0123456789abcdefghjkmnpqrs"],
        })
    }
}

/// What is sent, to as many endpoints as want it: the bytes that are signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payload {
    /// Names the event to its receivers (`webhook-id`): the same at each try.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// When it was decided.
    pub at: Timestamp,
    /// The body.
    pub body: String,
    /// When DynamoDB may forget it, in seconds since 1970.
    pub expires_at: i64,
}

impl Payload {
    /// What is sent of an event. Its name for receivers has no dots: those separate what is signed.
    pub fn of(event: &str, kind: &str, at: Timestamp, data: &str) -> Self {
        let id = format!("evt_{}", Digest::of(["webhook", event]).short(26));
        // The data is JSON already, and type and time need no escapes.
        let body = format!(r#"{{"type":"{kind}","timestamp":"{at}","data":{data}}}"#);
        Self {
            id,
            kind: kind.to_owned(),
            at,
            body,
            expires_at: at.after(KEPT).as_seconds(),
        }
    }
}

/// A delivery.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// Names it among those to its endpoint.
    pub id: DeliveryId,
    /// Where to.
    pub endpoint: EndpointId,
    /// Whose that is.
    pub partner: AccountId,
    /// What: a [`Payload`].
    pub event: String,
    /// Its type.
    pub kind: String,
    /// When the event was decided.
    pub at: Timestamp,
    /// How far it is.
    pub state: State,
    /// How often it was tried since it was last asked for.
    pub tries: u32,
    /// What the last try came to: `status-500`, `timed-out`, `unreachable`, `not-public`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The invocation that tries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The idempotency key of the request that last had it sent again, as stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<String>,
    /// The endpoint, while something is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<EndpointId>,
    /// When it is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// How far a delivery is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "DeliveryState")]
pub enum State {
    /// It was never tried.
    Queued,
    /// It is being tried.
    Sending,
    /// It failed, and is tried again.
    Waiting,
    /// It arrived.
    Delivered,
    /// It failed too often.
    Failed,
    /// Its endpoint is disabled: it can be sent again when that is enabled.
    Held,
    /// Its endpoint is gone or does not want it any more.
    Dropped,
}

/// What a delivery announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryEvent {
    /// It is there.
    Queued,
}

impl Delivery {
    /// `payload` is to be sent to an endpoint.
    pub fn new(endpoint: EndpointId, partner: AccountId, payload: &Payload, now: Timestamp) -> Self {
        let name = payload.id.trim_start_matches("evt_");
        Self {
            id: DeliveryId(format!("{}-{name}", DeliveryId::begin(payload.at))),
            endpoint,
            partner,
            event: payload.id.clone(),
            kind: payload.kind.clone(),
            at: payload.at,
            state: State::Queued,
            tries: 0,
            outcome: None,
            claim: None,
            replayed: None,
            lane: Some(endpoint),
            due: Some(now.after(OVERDUE)),
        }
    }

    /// Claimed by an invocation, which tries it; none if it is not to be tried now.
    pub fn claimed(&self, invocation: &str, now: Timestamp) -> Option<Self> {
        let is_due = self.due.is_some_and(|due| due <= now);
        let may_be_tried = match self.state {
            State::Queued => true,
            // Of a try that was interrupted nobody knows whether it arrived: its receiver knows it by its id.
            State::Waiting | State::Sending => is_due,
            State::Delivered | State::Failed | State::Held | State::Dropped => false,
        };
        may_be_tried.then(|| Self {
            state: State::Sending,
            tries: self.tries.saturating_add(1),
            claim: Some(invocation.to_owned()),
            due: Some(now.after(LEASE)),
            ..self.clone()
        })
    }

    /// Whether it was interrupted at its last try: then it is over, so that nothing is tried for ever.
    pub fn is_exhausted(&self) -> bool {
        self.state == State::Sending && usize::try_from(self.tries).unwrap_or(usize::MAX) > WAITS.len()
    }

    /// It arrived.
    #[must_use]
    pub fn delivered(&self, status: u16) -> Self {
        self.ended(State::Delivered, Some(outcome_of(Ok(status))))
    }

    /// The try failed; when it is to be tried again, if it is.
    #[must_use]
    pub fn failed(&self, outcome: Result<u16, Undelivered>, now: Timestamp) -> Self {
        let outcome = Some(outcome_of(outcome));
        let tried = usize::try_from(self.tries).unwrap_or(usize::MAX);
        match WAITS.get(tried.saturating_sub(1)) {
            None => self.ended(State::Failed, outcome),
            Some(seconds) => Self {
                state: State::Waiting,
                outcome,
                claim: None,
                due: Some(now.after(self.spread(Duration::from_secs(*seconds)))),
                ..self.clone()
            },
        }
    }

    /// Nothing more is done about it, unless it is asked for again.
    #[must_use]
    pub fn ended(&self, state: State, outcome: Option<String>) -> Self {
        Self {
            state,
            outcome: outcome.or_else(|| self.outcome.clone()),
            claim: None,
            lane: None,
            due: None,
            ..self.clone()
        }
    }

    /// It is to be sent again; none if it is under way, or was by this very request.
    pub fn replayed(&self, key: &str, now: Timestamp) -> Option<Self> {
        let is_over = matches!(self.state, State::Delivered | State::Failed | State::Held | State::Dropped);
        let is_new = self.replayed.as_deref() != Some(key);
        (is_over && is_new).then(|| Self {
            state: State::Waiting,
            tries: 0,
            replayed: Some(key.to_owned()),
            lane: Some(self.endpoint),
            due: Some(now),
            ..self.clone()
        })
    }

    /// Whether what it sends is still kept.
    pub fn can_be_sent(&self, now: Timestamp) -> bool {
        now < self.at.after(KEPT)
    }

    /// A wait, a little longer. Derived: the same at each repetition, another one for each delivery and try.
    fn spread(&self, wait: Duration) -> Duration {
        let chance = Digest::of([self.event.clone(), self.endpoint.to_string(), self.tries.to_string()]).high_bits();
        let most = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) / 100 * JITTER_PERCENT;
        let more = u64::try_from(chance % u128::from(most.max(1))).unwrap_or_default();
        wait + Duration::from_millis(more)
    }
}

/// What a try came to, in a word.
fn outcome_of(outcome: Result<u16, Undelivered>) -> String {
    match outcome {
        Ok(status) => format!("status-{status}"),
        Err(Undelivered::NotPublic) => "not-public".to_owned(),
        Err(Undelivered::TimedOut) => "timed-out".to_owned(),
        Err(Undelivered::Unreachable) => "unreachable".to_owned(),
    }
}
