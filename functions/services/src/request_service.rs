//! A client requests a service.
//!
//! Called by a signed-in customer with an `Idempotency-Key`; the same key again gets the same reply, even after the
//! service has changed. The terms of the service are frozen as they are offered now; if the client says which price was
//! shown and it is another one, nothing is requested. One write makes the request and announces
//! `services.service-requested.v1`, from which matching looks for a worker. What the client wrote stays here.

use crate::made::{MadeRequest, made};
use crate::request::{Ordered, RequestEvent, ServiceRequest, VisitNotes, Wish};
use crate::service::Service;
use crate::store;
use crate::window::{RequestWindow, Unfit, Window};
use derive::Refusal;
use kernel::{Money, Place, RequestId, ServiceId, Text, Timestamp};
use platform::http::{self, Created, Customer, IdempotencyKey, Json};
use platform::{Creation, Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// What a client wants.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = RequestService::example())]
pub struct RequestService {
    /// Which service.
    pub service: ServiceId,
    /// What is to be done, in the client's words. Told to the worker of the job only.
    pub description: Text<1, 2000>,
    /// The address. Told to the worker of the job only.
    pub address: Text<1, 300>,
    /// Whom to ask for, and how to reach them. Told to the worker of the job only.
    pub contact: Text<1, 200>,
    /// Where it is on the map: by this a worker is found.
    pub place: Place,
    /// From when the job may begin.
    pub from: Timestamp,
    /// Until when it may begin; this moment excluded.
    pub until: Timestamp,
    /// The list price that the client saw. If it is another one now, nothing is requested.
    #[serde(default)]
    pub expected_price: Option<Money>,
}

/// Why nothing is requested.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is no such service to be requested.
    #[problem(422, "not-offered", "Choose a service that is offered.")]
    NotOffered,
    /// The price has changed.
    #[problem(409, "price-changed", "The price is {price} now. Show it, and request with it and a new key.")]
    PriceChanged {
        /// What it is now.
        price: Money,
    },
    /// The job cannot begin in this window.
    #[problem(422, "window-unfit", "{unfit}")]
    WindowUnfit {
        /// Why not.
        unfit: Unfit,
    },
}

/// `POST /v1/service-requests`
pub fn function() -> Function {
    http::post("/v1/service-requests", request_service)
}

/// Freezes the terms of the service, and writes the request.
pub async fn request_service(
    customer: Customer,
    key: IdempotencyKey,
    Json(body): Json<RequestService>,
    Now(now): Now,
    Setting(bounds): Setting<RequestWindow>,
    services: Table,
) -> Result<Created<MadeRequest>, Failure<Refused>> {
    let id: RequestId = key.id();
    let (request_key, service_key) = (store::request_key(id), store::service_key(body.service));
    let (known, service) =
        platform::both(services.get::<ServiceRequest>(&request_key), services.get::<Service>(&service_key)).await?;
    if let Some(known) = known {
        return replay(&key, &known.value);
    }
    let service = service.map(|found| found.value).filter(|service| service.details.offered);
    let order = Ordered::now(&service.ok_or(Refused::NotOffered)?);
    if body.expected_price.is_some_and(|expected| expected != order.price) {
        return Err(Refused::PriceChanged { price: order.price }.into());
    }
    let wish = body.wish(order);
    wish.window.check(bounds, now)?;

    let request = ServiceRequest::new(id, customer.account, wish, key.fingerprint(), now);
    match services.create(&request, vec![RequestEvent::Requested]).await? {
        Creation::Created => Ok(made(&request)),
        Creation::Exists(other) => replay(&key, &other.value),
    }
}

impl RequestService {
    fn wish(self, order: Ordered) -> Wish {
        let Self { description, address, contact, .. } = self;
        Wish {
            order,
            window: Window { from: self.from, until: self.until },
            place: self.place,
            visit: VisitNotes { description, address, contact },
        }
    }

    fn example() -> serde_json::Value {
        serde_json::json!({
            "service": ServiceId::from_bits(10),
            "description": "Four windows, the ladder is in the hall",
            "address": "Tverskaya 1, flat 5",
            "contact": "Maria, +7 900 000-00-00",
            "place": {"latitude_e7": 557_520_000, "longitude_e7": 376_175_000},
            "from": "2026-01-06T08:00:00.000Z",
            "until": "2026-01-06T12:00:00.000Z",
            "expected_price": {"amount_minor": 10_000, "currency": "RUB"},
        })
    }
}

/// The reply to a request that was carried out before.
fn replay<R>(key: &IdempotencyKey, request: &ServiceRequest) -> Result<Created<MadeRequest>, Failure<R>> {
    key.replays(&request.request)?;
    Ok(made(request))
}

impl From<Unfit> for Failure<Refused> {
    fn from(unfit: Unfit) -> Self {
        Failure::Refused(Refused::WindowUnfit { unfit })
    }
}
