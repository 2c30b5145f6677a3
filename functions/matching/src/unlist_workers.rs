//! Takes workers out of the directory whose last free slot is over: started by the clock every ten minutes.
//!
//! Their entries would be read by every decision near them and help none. A worker who said something new meanwhile
//! stays; one who cannot be taken out does not keep the others.

use crate::moving::move_worker;
use crate::store;
use crate::town::Towns;
use crate::worker::{LISTED, Worker};
use platform::{Error, Function, Now, Setting, Table, schedule};
use std::time::Duration;

/// More than can be dealt with in one run; the rest waits for the next one.
const PAGES: usize = 20;

/// Every ten minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(600), unlist_workers)
}

/// Goes through the workers whose entries are over.
pub async fn unlist_workers(Setting(towns): Setting<Towns>, Now(now): Now, matching: Table) -> Result<(), Error> {
    let (mut outcome, mut cursor) = (Ok(()), None);
    for _ in 0..PAGES {
        let page = store::due::<Worker>(&matching, LISTED, now, cursor.as_ref()).await?;
        for worker in page.items {
            let unlist = |worker: &Worker, _| Ok(worker.unlisted(now));
            let moved = move_worker(&matching, &towns, worker.value.account, now, unlist).await;
            outcome = outcome.and(moved.map(drop).map_err(Error::from));
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    outcome
}
