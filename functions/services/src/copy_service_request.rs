//! A client whose worker did not come makes the same request again, for another time.
//!
//! Called by the request's client with an `Idempotency-Key`; the same key again gets the same reply. The copy keeps the
//! terms of the first time, whatever the service costs by now: it was not the client who failed. One transaction makes
//! the copy, announces `services.service-requested.v1`, and notes it at the missed request, of which one copy at most is
//! open: two requests at once make one.

use crate::made::{MadeRequest, made};
use crate::request::{RequestEvent, ServiceRequest, State};
use crate::store;
use crate::window::{RequestWindow, Unfit, Window};
use derive::Refusal;
use kernel::RequestId;
use platform::http::{self, Created, Customer, IdempotencyKey, Json, Path};
use platform::{Commit, Error, Failure, Function, Now, Setting, Stored, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// The new time.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = serde_json::json!({"from": "2026-01-07T08:00:00.000Z", "until": "2026-01-07T12:00:00.000Z"}))]
pub struct CopyServiceRequest(pub Window);

/// Why no copy is made.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// No worker failed to come.
    #[problem(409, "not-missed", "A request is copied when its worker did not come. Make a new one.")]
    NotMissed {
        /// The state it is in.
        state: State,
    },
    /// There is an open copy.
    #[problem(409, "copied-already", "It was requested again as {copy}, which is still open.")]
    CopiedAlready {
        /// The copy.
        copy: RequestId,
    },
    /// The job cannot begin in this window.
    #[problem(422, "window-unfit", "{unfit}")]
    WindowUnfit {
        /// Why not.
        unfit: Unfit,
    },
}

/// How often this decides anew when others change the request in between.
const DECISIONS: usize = 8;

/// `POST /v1/service-requests/{request}/copies`
pub fn function() -> Function {
    http::post("/v1/service-requests/{request}/copies", copy_service_request)
}

/// Reads the missed request and its last copy, decides, and writes both; decides anew if somebody was faster.
pub async fn copy_service_request(
    customer: Customer,
    key: IdempotencyKey,
    Path(missed): Path<RequestId>,
    Json(CopyServiceRequest(window)): Json<CopyServiceRequest>,
    Now(now): Now,
    Setting(bounds): Setting<RequestWindow>,
    services: Table,
) -> Result<Created<MadeRequest>, Failure<Refused>> {
    let id: RequestId = key.id();
    for _ in 0..DECISIONS {
        let known = services.get::<ServiceRequest>(&store::request_key(id)).await?;
        let old = store::request_of(&services, customer.account, missed).await?;
        if let Some(known) = known {
            key.replays(&known.value.request)?;
            return Ok(made(&known.value));
        }
        may_copy(&services, &old).await?;
        window.check(bounds, now)?;

        let wish = old.value.wish_at(window);
        let mut copy = ServiceRequest::new(id, customer.account, wish, key.fingerprint(), now);
        copy.copy_of = Some(missed);
        let noted = ServiceRequest { copied_as: Some(id), ..old.value.clone() };
        let both = services.transaction().create(&copy, vec![RequestEvent::Requested]);
        if let Commit::Done = both.replace(&old, &noted, Vec::new()).commit().await? {
            return Ok(made(&copy));
        }
    }
    Err(Error::contended(format!("{missed} kept changing")).into())
}

/// Passes if the worker did not come and no copy is open.
async fn may_copy(services: &Table, missed: &Stored<ServiceRequest>) -> Result<(), Failure<Refused>> {
    let state = missed.value.state;
    if state != State::NoShow {
        return Err(Refused::NotMissed { state }.into());
    }
    let Some(copy) = missed.value.copied_as else {
        return Ok(());
    };
    match services.get::<ServiceRequest>(&store::request_key(copy)).await? {
        Some(last) if last.value.state.is_open() => Err(Refused::CopiedAlready { copy }.into()),
        _ => Ok(()),
    }
}

impl From<Unfit> for Failure<Refused> {
    fn from(unfit: Unfit) -> Self {
        Failure::Refused(Refused::WindowUnfit { unfit })
    }
}
