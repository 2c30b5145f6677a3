//! A manager gives a request to somebody else, by hand: to a worker of the manager's choice, or to anybody but the
//! present one.
//!
//! Called by a manager with an `Idempotency-Key`, until the job begins; the same key again gets the same reply. What
//! was before ends (`matching.match-ended.v1`, or `matching.offer-ended.v1`) and the next match is made
//! (`matching.request-matched.v1`) in one transaction, or nothing changes. Hard constraints hold for managers too.

use crate::deciding::Desk;
use crate::moving::affected;
use crate::rematching::{choose, take};
use crate::request::{Command, Request};
use crate::store::{self, Means, Step, request_key};
use crate::town::Towns;
use derive::Refusal;
use kernel::{AccountId, RequestId, Text, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, IdempotencyKey, Json, Path, Staff};
use platform::{Commit, Error, Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often it is tried anew when others change the same items in between.
const TRIES: usize = 8;

/// Who is to do it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"reason": "The client asked for somebody else"}))]
pub struct RematchRequest {
    /// The worker; without one, the best but the present one.
    #[serde(default)]
    pub worker: Option<AccountId>,
    /// Why, in the manager's words.
    #[serde(default)]
    pub reason: Option<Text<1, 500>>,
}

/// Who does it since.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RematchedRequest {
    /// The request.
    pub request: RequestId,
    /// Which match of it.
    pub attempt: u32,
    /// Who does it.
    pub worker: AccountId,
    /// When the job begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
}

/// Why a request stays as it is.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The job has begun, or the request has ended.
    #[problem(409, "not-rematchable", "The job has begun, or the request has ended.")]
    NotRematchable,
    /// Managers gave it to somebody very often.
    #[problem(409, "rematched-too-often", "It was matched by hand a hundred times. Let the client request it anew.")]
    TooOften,
    /// The worker does it already.
    #[problem(409, "same-worker", "{worker} does it already.")]
    SameWorker {
        /// The worker.
        worker: AccountId,
    },
    /// The worker cannot do it: out of reach, without a skill that is needed, or not free.
    #[problem(409, "not-feasible", "{worker} cannot do it: too far, without a skill that is needed, or not free then.")]
    NotFeasible {
        /// The worker.
        worker: AccountId,
    },
    /// Nobody else can do it.
    #[problem(409, "nobody-else", "Nobody else can do it now; it stays as it is.")]
    NobodyElse,
}

/// `POST /v1/matching/requests/{request}/rematch`
pub fn function() -> Function {
    http::post("/v1/matching/requests/{request}/rematch", rematch_request)
}

/// Finds the worker, and moves request and workers at once.
pub async fn rematch_request(
    manager: Staff<Manager>,
    key: IdempotencyKey,
    Path(id): Path<RequestId>,
    Json(wish): Json<RematchRequest>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<http::Ok<RematchedRequest>, Failure<Refused>> {
    let pipeline = store::pipeline(&matching).await?;
    let desk = Desk { matching: &matching, towns: &towns, pipeline: &pipeline, now };
    let mut lost = Vec::new();
    for _ in 0..TRIES {
        let request = matching.get::<Request>(&request_key(id)).await?.ok_or_else(http::not_found)?;
        if let Some(known) = request.value.commands.iter().find(|known| known.key == key.stored()) {
            key.replays(&known.fingerprint)?;
            return Ok(RematchedRequest::of(id, known));
        }
        let (worker, decision) = choose(&desk, &request.value, wish.worker, &lost).await?;
        let Some((held, workers)) = take(&desk, &request.value, worker).await? else {
            lost.push(worker);
            continue;
        };
        let command = |attempt| Command {
            key: key.stored(),
            fingerprint: key.fingerprint().to_owned(),
            reason: wish.reason.as_ref().map(|reason| reason.as_str().to_owned()),
            attempt,
            held,
        };
        let to = request.value.rematch(held, command).ok_or(Refused::NotRematchable)?;
        let mut all = affected(&matching, &request.value, &to.0, now).await?;
        all.extend(workers);
        let reply = to.0.commands.last().map(|command| RematchedRequest::of(id, command));
        let means = Means::ByHand(manager.account);
        let step = Step {
            from: &request,
            to,
            workers: all,
            decision: Some((means, decision)),
        };
        if let (Commit::Done, Some(reply)) = (step.write(&matching, &towns, now).await?, reply) {
            return Ok(reply);
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

impl RematchedRequest {
    fn of(request: RequestId, command: &Command) -> http::Ok<Self> {
        let Command { attempt, held, .. } = command;
        let body = Self {
            request,
            attempt: *attempt,
            worker: held.worker,
            from: held.from,
            until: held.until,
        };
        http::Ok { version: None, body }
    }
}
