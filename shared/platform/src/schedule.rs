//! Functions that the clock starts.
//!
//! A start may come late, twice or not at all: what a function does, it derives from the time for which it was
//! planned, and the next start makes up for a missed one.

use crate::argument::broken;
use crate::call::Cause;
use crate::function::{Function, Schedule, Trigger, UseCase};
use crate::telemetry::Trace;
use crate::{Argument, Call, Error};
use futures_util::future::BoxFuture;
use kernel::{Problem, Timestamp};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The longest that Lambda lets a function run.
const TIMEOUT: Duration = Duration::from_secs(900);

/// Starts `use_case` again and again, `period` apart (whole minutes).
pub fn every<U: UseCase<A, Result<(), Error>>, A: 'static>(period: Duration, use_case: U) -> Function {
    function(Schedule::Every(period), use_case)
}

/// Starts `use_case` each day at `hour`:`minute` UTC.
pub fn daily<U: UseCase<A, Result<(), Error>>, A: 'static>(hour: u8, minute: u8, use_case: U) -> Function {
    function(Schedule::Daily { hour, minute }, use_case)
}

/// The time for which a start was planned: the same when the start is repeated.
#[derive(Clone, Copy, Debug)]
pub struct Scheduled(pub Timestamp);

impl Argument for Scheduled {
    fn take(call: &Call) -> Result<Self, Problem> {
        match call.cause {
            Cause::Schedule(at) => Ok(Scheduled(at)),
            _ => Err(broken(call, &Error::broken("this function is not started by the clock"))),
        }
    }
}

/// What the scheduler hands over.
#[derive(Deserialize)]
struct Start {
    scheduled_at: Timestamp,
}

fn function<U: UseCase<A, Result<(), Error>>, A: 'static>(schedule: Schedule, use_case: U) -> Function {
    Function::new::<U, A, _>(Trigger::Schedule(schedule), TIMEOUT, |_, name| {
        Arc::new(move |world, invocation| {
            let use_case = use_case.clone();
            let served: BoxFuture<'static, Result<Vec<u8>, Error>> = Box::pin(async move {
                let start: Start = serde_json::from_slice(&invocation.payload)
                    .map_err(|error| Error::broken(format!("no scheduled start: {error}")))?;
                let call = Arc::new(Call {
                    now: world.host.now(),
                    trace: Trace::continue_or_start(None, &format!("{name} {}", start.scheduled_at)),
                    world,
                    function: name,
                    request: invocation.request,
                    cause: Cause::Schedule(start.scheduled_at),
                });
                let outcome = use_case.call(call.clone()).await.map_err(|problem| Error::broken(problem.detail))?;
                match &outcome {
                    Ok(()) => call.log("info", "scheduled", json!({ "scheduled_at": start.scheduled_at })),
                    Err(error) => call.log("error", "a scheduled run failed", json!({ "cause": error.to_string() })),
                }
                outcome.map(|()| b"{}".to_vec())
            });
            served
        })
    })
}
