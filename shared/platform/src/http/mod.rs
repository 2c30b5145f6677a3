//! HTTP functions: API Gateway's payload 2.0 in, its response out.

pub mod body;
pub mod caller;
pub mod idempotency;
pub mod limit;
pub mod path;
pub mod query;
pub mod reply;
pub mod request;
pub(crate) mod strict;

pub use body::{Json, RawBody};
pub use caller::{Anyone, Authority, Customer, Inspector, Machine, Overseer, SignedIn, Staff, Worker};
pub use idempotency::IdempotencyKey;
pub use limit::{Limit, Rate, RateLimit};
pub use path::{IfMatch, Path, not_found};
pub use query::{Paging, Query, WantsCsv};
pub use reply::{Accepted, Cached, Created, NoContent, Ok, Reply, Sheet};

use crate::call::Cause;
use crate::function::{Function, Trigger, UseCase};
use crate::telemetry::Trace;
use crate::{Call, Error, Invocation, World};
use futures_util::future::BoxFuture;
use kernel::Problem;
use reply::Response;
use request::Request;
use std::sync::Arc;
use std::time::Duration;

/// `POST path`: creates, or commands.
pub fn post<U: UseCase<A, O>, A: 'static, O: Reply>(path: &'static str, use_case: U) -> Function {
    function("POST", path, use_case)
}

/// `PUT path`: replaces what the path names.
pub fn put<U: UseCase<A, O>, A: 'static, O: Reply>(path: &'static str, use_case: U) -> Function {
    function("PUT", path, use_case)
}

/// `GET path`: reads.
pub fn get<U: UseCase<A, O>, A: 'static, O: Reply>(path: &'static str, use_case: U) -> Function {
    function("GET", path, use_case)
}

/// `DELETE path`: ends what the path names.
pub fn delete<U: UseCase<A, O>, A: 'static, O: Reply>(path: &'static str, use_case: U) -> Function {
    function("DELETE", path, use_case)
}

fn function<U: UseCase<A, O>, A: 'static, O: Reply>(method: &'static str, path: &'static str, use_case: U) -> Function {
    // API Gateway gives up after 30 s; a person does so earlier.
    let timeout = Duration::from_secs(10);
    let function = Function::new::<U, A, O>(Trigger::Http { method, path }, timeout, |_, name| {
        Arc::new(move |world, invocation| {
            let use_case = use_case.clone();
            let run: Run = Box::new(move |call| {
                Box::pin(async move { Result::Ok(use_case.call(call.clone()).await?.into_response(&call)) })
            });
            Box::pin(serve(name, world, invocation, run))
        })
    });
    #[cfg(feature = "describe")]
    let function = Function {
        describe: |description| {
            U::describe(description);
            O::describe(description);
        },
        ..function
    };
    function
}

type Run = Box<dyn FnOnce(Arc<Call>) -> BoxFuture<'static, Result<Response, Problem>> + Send>;

/// Reads the request, runs the use case, writes the response. Nothing here depends on the use case's types.
async fn serve(function: &'static str, world: Arc<World>, invocation: Invocation, run: Run) -> Result<Vec<u8>, Error> {
    let request = Request::parse(&invocation.payload)?;
    let call = Arc::new(Call {
        now: world.host.now(),
        trace: Trace::continue_or_start(request.header("traceparent"), &invocation.request),
        world,
        function,
        request: invocation.request,
        cause: Cause::Request(Box::new(request)),
    });
    let response = run(call.clone()).await.unwrap_or_else(|problem| Response::problem(&problem));
    call.log("info", "request", serde_json::json!({ "status": response.status, "code": response.code }));
    response.encode(&call)
}
