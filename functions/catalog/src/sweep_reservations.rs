//! Every quarter of an hour: reservations that stopped half-way are brought to an end.
//!
//! Started by the clock. Between two steps of a large order its event may be lost to the dead letters; its goods would
//! stay set aside for ever. What has waited longer than an event is delivered again is finished here: a reservation that
//! is not whole by then is given back and ends in `catalog.stock-rejected.v1`; what is being given back or committed goes
//! on. The usual order takes one step and never waits. Runs may overlap and repeat: each step is conditional.

use crate::steps::step_on;
use crate::store;
use kernel::Timestamp;
use platform::schedule::{self, Scheduled};
use platform::{Error, Function, Now, Table};
use std::time::Duration;

/// Longer than an event is delivered again before it goes to the dead letters.
const PATIENCE_MS: i64 = 2 * 3600 * 1000;
/// How many one run takes up. There should be none.
const MOST: u32 = 100;

/// Every 15 minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(15 * 60), sweep_reservations)
}

/// Finishes what waits too long. One that cannot be finished holds up no other.
pub async fn sweep_reservations(Scheduled(at): Scheduled, Now(now): Now, catalog: Table) -> Result<(), Error> {
    let mut swept = Ok(());
    for held in store::waiting(&catalog, Timestamp::from_millis(at.as_millis() - PATIENCE_MS), MOST).await? {
        if let Err(error) = step_on(&catalog, held, |reservation| reservation.finish(now)).await {
            swept = Err(error);
        }
    }
    swept
}
