//! The sweeper of imports: takes over what was put aside and nobody took over.
//!
//! Started by the clock every ten minutes. Usually finds nothing. It does as much as it can before it reports what
//! failed.

use crate::import::{Chunk, WAITING};
use crate::taking::work_off;
use platform::{Error, Function, Now, Table, schedule};
use std::time::Duration;

/// How many chunks one run takes over; the rest waits for the next one.
const MOST: usize = 100;

/// Every ten minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(600), sweep_imports)
}

/// Works off every chunk that is due.
pub async fn sweep_imports(Now(now): Now, partners: Table) -> Result<(), Error> {
    let (mut outcome, mut due) = (Ok(()), partners.due::<Chunk>(WAITING, now).at_most(MOST));
    while let Some(chunk) = due.next().await? {
        outcome = outcome.and(work_off(&partners, chunk.value.import, chunk.value.number).await);
    }
    outcome
}
