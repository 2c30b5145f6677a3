//! Announces again what a context announced before, under the same ids: for a new replica, for what a stream lost,
//! after a restore. Consumers recognise what they know.

use super::announce::Desk;
use super::{Entry, Run, projection, publish};
use crate::call::Cause;
use crate::function::{Function, Trigger, UseCase};
use crate::http::strict::Strict;
use crate::stream::Change;
use crate::table::TableWalk;
use crate::telemetry::{Line, Trace};
use crate::{Argument, Call, Error, Invocation, World};
use contracts::Published;
use kernel::Cursor;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;

/// How many pages one invocation walks: far less than the time-out allows.
const PAGES: usize = 20;

/// What an operator asks for. The answer's `next` is to be asked for then, until there is none.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    #[serde(default)]
    from: Option<Cursor>,
}

/// How far it came.
#[derive(Serialize)]
struct Progress {
    events: usize,
    next: Option<Cursor>,
}

/// The function that announces a context's whole table again, with the projection of its relay.
pub fn republish<U, A, P>(project: U) -> Function
where
    U: UseCase<A, Result<Vec<P>, Error>>,
    A: 'static,
    P: Published,
{
    let function = Function::new::<U, A, _>(Trigger::Direct, Duration::from_secs(900), |context, name| {
        let run = Arc::new(projection(project));
        Arc::new(move |world, invocation| Box::pin(serve(context, name, world, invocation, run.clone())))
    });
    Function {
        #[cfg(feature = "describe")]
        describe: |description| {
            description.publishes::<P>();
            TableWalk::describe(description);
            U::describe(description);
        },
        ..function
    }
}

async fn serve(
    context: &'static str,
    function: &'static str,
    world: Arc<World>,
    invocation: Invocation,
    run: Arc<Run>,
) -> Result<Vec<u8>, Error> {
    let mut reader = serde_json::Deserializer::from_slice(&invocation.payload);
    let asked = From::deserialize(Strict(&mut reader))
        .map_err(|error| Error::broken(format!("ask with {{}} or {{\"from\": …}}: {error}")))?;
    let call = Call {
        now: world.host.now(),
        trace: Trace::continue_or_start(None, &invocation.request),
        function,
        request: invocation.request.clone(),
        cause: Cause::Question(RawValue::NULL.to_owned()),
        world: world.clone(),
    };
    let walk = TableWalk::take(&call).map_err(|problem| Error::broken(problem.detail))?;
    let line = Line { function, request: &invocation.request, trace: None };
    let desk = Desk {
        context,
        function,
        world: &world,
        request: &invocation.request,
        run: &run,
    };
    let mut progress = Progress { events: 0, next: asked.from };
    for _ in 0..PAGES {
        let page = walk.images(progress.next.as_ref()).await?;
        let mut entries = Vec::new();
        for change in page.items.into_iter().flat_map(Change::all_of) {
            let events = desk.announce(change?).await?;
            entries.extend(events.into_iter().map(|(kind, message)| Entry { record: 0, kind, message }));
        }
        progress.events += entries.len();
        if !publish::publish(&world, &line, entries).await?.is_empty() {
            return Err(Error::unavailable("the topic did not take everything: ask again for the same page"));
        }
        progress.next = page.next;
        if progress.next.is_none() {
            break;
        }
    }
    line.write(&world, "info", "republished", json!({ "events": progress.events, "done": progress.next.is_none() }));
    serde_json::to_vec(&progress).map_err(Error::broken)
}
