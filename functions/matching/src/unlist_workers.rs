//! Takes workers out of the directory whose last free slot is over: started by the clock every ten minutes.
//!
//! Their entries would be read by every decision near them and help none. A worker who said something new meanwhile
//! stays; one who cannot be taken out does not keep the others.

use crate::moving::move_worker;
use crate::town::Towns;
use crate::worker::{LISTED, Worker};
use platform::{Error, Function, Now, Setting, Table, schedule};
use std::time::Duration;

/// Workers that a run deals with; the rest waits for the next one.
const MOST: usize = 1000;

/// Every ten minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(600), unlist_workers)
}

/// Goes through the workers whose entries are over.
pub async fn unlist_workers(Setting(towns): Setting<Towns>, Now(now): Now, matching: Table) -> Result<(), Error> {
    let (mut outcome, mut due) = (Ok(()), matching.due::<Worker>(LISTED, now).at_most(MOST));
    while let Some(worker) = due.next().await? {
        let unlist = |worker: &Worker, _| Ok(worker.unlisted(now));
        let moved = move_worker(&matching, &towns, worker.value.account, now, unlist).await;
        outcome = outcome.and(moved.map(drop).map_err(Error::from));
    }
    outcome
}
