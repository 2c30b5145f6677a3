//! Moves a request on, and with it the worker whose slot it holds: one transaction, decided anew if others are faster.

use crate::request::{Next, Request, Standing};
use crate::store::{self, Step, WorkerChange, request_key, worker_key};
use crate::town::Towns;
use crate::worker::Worker;
use kernel::{AccountId, RequestId, Timestamp};
use platform::{Commit, Error, Failure, Stored, Table};

/// How often it is decided anew when others change the same items in between.
const DECISIONS: usize = 8;

/// Lets `step` say what becomes of a request, and writes that with the slot that is free or taken for good by it.
/// `None` leaves it as it is. Returns it as it stands then; nothing if there is none.
pub async fn move_request<R>(
    matching: &Table,
    towns: &Towns,
    id: RequestId,
    now: Timestamp,
    step: impl Fn(&Request) -> Result<Option<Next>, Failure<R>>,
) -> Result<Option<Stored<Request>>, Failure<R>> {
    for _ in 0..DECISIONS {
        let Some(from) = matching.get::<Request>(&request_key(id)).await? else {
            return Ok(None);
        };
        let Some((request, events)) = step(&from.value)? else {
            return Ok(Some(from));
        };
        let workers = affected(matching, &from.value, &request, now).await?;
        let written = matching.written(Some(&from), request.clone(), &events)?;
        let step = Step { from: &from, to: (request, events), workers, decision: None };
        if let Commit::Done = step.write(matching, towns, now).await? {
            return Ok(Some(written));
        }
    }
    Err(Failure::Failed(Error::contended(format!("{id} kept changing"))))
}

/// The worker whose slot is free, or taken for good, when a request becomes another.
pub async fn affected(
    matching: &Table,
    from: &Request,
    to: &Request,
    now: Timestamp,
) -> Result<Vec<WorkerChange>, Error> {
    let Some(held) = from.held() else {
        return Ok(Vec::new());
    };
    let accepted = matches!((&from.standing, &to.standing), (Standing::Offered { .. }, Standing::Matched { .. }));
    let stays = to.held() == Some(held) && to.attempt == from.attempt;
    if stays && !accepted {
        return Ok(Vec::new());
    }
    let Some(worker) = store::worker(matching, held.worker).await? else {
        return Err(Error::broken(format!("{} holds a slot of a worker who is not here", from.id)));
    };
    let changed = match stays {
        true => Some(worker.value.accept(from.id, from.attempt)),
        false => worker.value.release(from.id, from.attempt, now),
    };
    Ok(changed.map(|changed| (Some(worker), changed)).into_iter().collect())
}

/// Lets `step` say what becomes of a worker, and writes that with the directory's entries. `None` leaves it as it is.
/// Returns the worker and its version as they stand then.
pub async fn move_worker<R>(
    matching: &Table,
    towns: &Towns,
    account: AccountId,
    now: Timestamp,
    step: impl Fn(&Worker, u64) -> Result<Option<Worker>, Failure<R>>,
) -> Result<(u64, Worker), Failure<R>> {
    for _ in 0..DECISIONS {
        let found = matching.get::<Worker>(&worker_key(account)).await?;
        let version = found.as_ref().map_or(0, |found| found.version);
        let worker = found.as_ref().map_or_else(|| Worker::unknown(account), |found| found.value.clone());
        let Some(next) = step(&worker, version)? else {
            return Ok((version, worker));
        };
        let transaction = store::put_worker(matching.transaction(), (found, next.clone()), towns, now);
        if let Commit::Done = transaction.commit().await? {
            return Ok((version + 1, next));
        }
    }
    Err(Failure::Failed(Error::contended(format!("{account} kept changing"))))
}
