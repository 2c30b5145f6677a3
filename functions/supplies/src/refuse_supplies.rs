//! Staff refuse a worker's request for supplies.
//!
//! Called by a supplier with an `Idempotency-Key`; the same key again gets the same reply. One transaction writes the
//! request as *refused* and frees its job for another one. Announces `supplies.supplies-refused.v1`. What was settled
//! before stays as it is.

use crate::draw::{Draw, Refusal, State, WrongState};
use crate::job::Job;
use crate::store::{DECISIONS, draw_key, job_key};
use kernel::{DrawId, Text, Timestamp};
use platform::http::caller::Supplier;
use platform::http::{self, IdempotencyKey, Json, Path, Staff};
use platform::{Commit, Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The refusal.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"reason": "Take what is left of yesterday's job"}))]
pub struct RefuseSupplies {
    /// Why, for the worker.
    pub reason: Text<1, 500>,
}

/// The request is refused.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RefusedSupplies {
    /// The request.
    pub id: DrawId,
    /// Always `refused`.
    pub state: State,
    /// When it was refused.
    pub refused_at: Timestamp,
}

/// Why a request is not refused.
#[derive(Debug, derive::Refusal)]
pub enum Refused {
    /// The request was settled before.
    #[problem(409, "draw-settled", "It was issued or refused, or its job has ended.")]
    Settled {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/draws/{draw}/refuse`
pub fn function() -> Function {
    http::post("/v1/draws/{draw}/refuse", refuse_supplies)
}

/// Decides on the request as it stands, and writes it with its job; decides anew if somebody was faster.
pub async fn refuse_supplies(
    staff: Staff<Supplier>,
    key: IdempotencyKey,
    Path(id): Path<DrawId>,
    Json(request): Json<RefuseSupplies>,
    Now(now): Now,
    supplies: Table,
) -> Result<http::Ok<RefusedSupplies>, Failure<Refused>> {
    let refusal = Refusal {
        key: key.stored(),
        fingerprint: key.fingerprint().to_owned(),
        reason: request.reason.as_str().to_owned(),
    };
    for _ in 0..DECISIONS {
        let draw = supplies.get::<Draw>(&draw_key(id)).await?.ok_or_else(http::not_found)?;
        if let Some(known) = draw.value.refusal.as_ref().filter(|known| known.key == refusal.key) {
            key.replays(&known.fingerprint)?;
            return Ok(view(&draw.value));
        }
        let (refused, events) = draw.value.refuse(refusal.clone(), staff.account, now)?;
        let job = supplies.get::<Job>(&job_key(refused.job)).await?;
        let job = job.ok_or_else(|| Error::broken(format!("{id} has no job")))?;
        let freed = job.value.refused();
        let both = supplies.transaction().replace(&draw, &refused, events).replace(&job, &freed, Vec::new());
        if let Commit::Done = both.commit().await? {
            return Ok(view(&refused));
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

fn view(draw: &Draw) -> http::Ok<RefusedSupplies> {
    http::Ok {
        version: None,
        body: RefusedSupplies {
            id: draw.id,
            state: draw.state,
            refused_at: draw.decided.as_ref().map_or(draw.requested_at, |decided| decided.at),
        },
    }
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::Settled { state })
    }
}
