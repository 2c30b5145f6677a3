//! The events that partners can be sent, as they are announced. Pure.
//!
//! Which of them a partner may get is approved by an admin, type by type. Never offered are events that carry a secret
//! (`identity.code-issued.v1`), that tell how somebody's account is attacked or protected, that are about our own
//! messages (notifications) or about somebody's body (sensors, training), and those of this context.

use contracts::{
    Consumed, Event, billing, catalog, hiring, identity, jobs, matching, orders, payments, services, supplies,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// A type of events that partners can be sent: `orders.order-paid.v1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct EventType(&'static str);

/// An event that partners can be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    /// Its type.
    pub kind: EventType,
    /// Its data, as JSON.
    pub data: String,
}

/// Declares what is offered, context by context.
macro_rules! offered {
    ($($context:ident: [$($event:ident),* $(,)?]),* $(,)?) => {
        /// Every type of events that is offered.
        pub const TYPES: &[EventType] = &[$($(EventType(<$context::$event as Event>::TYPE),)*)*];

        impl Consumed for Offered {
            fn catalogue(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
                let mut catalogue = Vec::new();
                $($(catalogue.extend(<$context::$event as Consumed>::catalogue(generator));)*)*
                catalogue
            }

            fn read(kind: &str, data: &str) -> Option<Result<Self, serde_json::Error>> {
                $($(
                    if let Some(read) = <$context::$event as Consumed>::read(kind, data) {
                        let kind = EventType(<$context::$event as Event>::TYPE);
                        return Some(read.map(|_| Offered { kind, data: data.to_owned() }));
                    }
                )*)*
                None
            }
        }
    };
}

offered! {
    billing: [
        JobSettled, InvoiceIssued, InvoiceSettled, PayoutPlanned, PayoutPaid, PayoutFailed, RunFinished,
        AccountAdjusted, AdjustmentProposed,
    ],
    catalog: [ProductChanged, StockReserved, StockRejected, StockReleased, StockCommitted],
    hiring: [ApplicationReceived, TestAssigned, TestGraded, WorkerHired, ApplicationRejected],
    identity: [AccountRegistered, ContactVerified, RolesChanged, ClientAdmitted],
    jobs: [
        JobCreated, JobStarted, JobCompleted, JobCancelled, JobFailed, JobMissed, JobWithdrawn, JobReviewed,
    ],
    matching: [
        RequestMatched, RequestWaiting, RequestUnmatched, MatchEnded, OfferMade, OfferEnded, PipelineChanged,
    ],
    orders: [
        OrderPlaced, OrderReserved, OrderRejected, OrderCancelled, OrderExpiring, OrderExpired, OrderPaid, OrderPacked,
        OrderShipped, OrderDelivered, OrderReturned, OrderRefunded,
    ],
    payments: [
        PaymentSucceeded, PaymentFailed, PaymentClosed, RefundSucceeded, RefundFailed, PaymentMethodSaved,
        PaymentMethodRemoved, DisputeOpened, InvoicePaid, InvoiceUnpaid, BalanceToppedUp,
    ],
    services: [ServiceChanged, ServiceRequested, RequestCancelled, RequestEnded],
    supplies: [
        SuppliesIssued, SuppliesNotNeeded, SuppliesRefused, CookieSettled, SupplyLow, PurchaseOrdered,
        PurchaseReceived,
    ],
}

impl EventType {
    /// As envelopes write it.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for EventType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl TryFrom<String> for EventType {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let known = TYPES.iter().copied().find(|known| known.0 == text);
        known.ok_or_else(|| "a type of events that partners can be sent is expected".to_owned())
    }
}

// Not derived: that would ask for a text that lives for ever.
impl<'de> Deserialize<'de> for EventType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl JsonSchema for EventType {
    fn schema_name() -> Cow<'static, str> {
        "EventType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let types: Vec<&str> = TYPES.iter().map(|kind| kind.0).collect();
        json_schema!({ "type": "string", "description": "A type of events.", "enum": types })
    }
}
