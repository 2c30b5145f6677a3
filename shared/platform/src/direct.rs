//! Functions that are called by other functions, which wait for the answer, and how those ask.
//!
//! The exception, not the rule: contexts keep replicas of what they need. What may not be copied (contact details) is
//! asked for at its owner.

use crate::argument::broken;
use crate::aws::{LAMBDA, Request};
use crate::call::Cause;
use crate::error::discreet;
use crate::function::{Function, Trigger, UseCase};
use crate::retry::{Attempt, until_definite};
use crate::settings::FUNCTIONS;
use crate::telemetry::Trace;
use crate::{Argument, Call, Error, World};
use contracts::Question;
use futures_util::future::BoxFuture;
use kernel::Problem;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// How long an answer may take: somebody waits for whom somebody else waits.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A function that answers the question its [`Asked`] argument names.
pub fn answer<U, A, R>(use_case: U) -> Function
where
    U: UseCase<A, Result<R, Error>>,
    A: 'static,
    R: Serialize + Send + 'static,
{
    Function::new::<U, A, _>(Trigger::Direct, TIMEOUT, |_, name| {
        Arc::new(move |world, invocation| {
            let use_case = use_case.clone();
            let served: BoxFuture<'static, Result<Vec<u8>, Error>> = Box::pin(async move {
                let question: Box<RawValue> = serde_json::from_slice(&invocation.payload)
                    .map_err(|error| Error::broken(format!("no question: {error}")))?;
                let call = Arc::new(Call {
                    now: world.host.now(),
                    trace: Trace::continue_or_start(None, &invocation.request),
                    world,
                    function: name,
                    request: invocation.request,
                    cause: Cause::Question(question),
                });
                let outcome = use_case.call(call.clone()).await.map_err(|problem| Error::broken(problem.detail))?;
                if let Err(error) = &outcome {
                    call.log("error", "a question was not answered", json!({ "cause": error.to_string() }));
                }
                serde_json::to_vec(&outcome?).map_err(Error::broken)
            });
            served
        })
    })
}

/// The question that a function answers.
#[derive(Clone, Debug)]
pub struct Asked<Q>(pub Q);

impl<Q: Question> Argument for Asked<Q> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let Cause::Question(question) = &call.cause else {
            return Err(broken(call, &Error::broken("this function is not asked anything")));
        };
        serde_json::from_str(question.get()).map(Asked).map_err(|error| {
            Problem::new(400, "question", "The question is not as described", discreet(&error.to_string()))
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.answers::<Q>();
    }
}

/// Asks another context's function, and waits for the answer.
#[derive(Clone)]
pub struct Ask<Q> {
    world: Arc<World>,
    function: String,
    question: PhantomData<fn(Q)>,
}

impl<Q: Question> Ask<Q> {
    /// The answer to `question`.
    pub async fn send(&self, question: &Q) -> Result<Q::Reply, Error> {
        let request = Request {
            service: LAMBDA,
            method: "POST",
            path: format!("/2015-03-31/functions/{}/invocations", self.function),
            headers: Vec::new(),
            body: serde_json::to_vec(question).map_err(Error::broken)?.into(),
        };
        let answer = until_definite(&self.world, || async {
            match self.world.aws.send(&request, self.world.host.now()).await {
                Ok(reply) => match reply.header("x-amz-function-error") {
                    // It crashed, timed out, or could not reach what it needs.
                    Some(error) => Attempt::Again(Error::unavailable(format!("{}: {error}", self.function))),
                    None => Attempt::Done(reply.body),
                },
                Err(failed) => failed.classify(),
            }
        })
        .await?;
        serde_json::from_slice(&answer).map_err(|error| Error::broken(format!("{}: {error}", self.function)))
    }
}

impl<Q: Question> Argument for Ask<Q> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let prefix = call.world.settings.get(FUNCTIONS).map_err(|error| broken(call, &error))?;
        Ok(Self {
            world: call.world.clone(),
            function: format!("{prefix}-{}", Q::FUNCTION),
            question: PhantomData,
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.asks.push(Q::FUNCTION);
    }
}
