//! Another context asks what an activity comes to.
//!
//! Called by functions that declare the question, never over HTTP. What was measured stands in no event: what is
//! deleted here is told nobody any more. Of an activity that does not exist, or was deleted, nothing is told.

use crate::activity::Activity;
use crate::store::activity_key;
use contracts::sensors::{ActivityFigures, ReadActivity};
use platform::{Asked, Error, Function, TableReader, direct};

/// Answers [`ReadActivity`]
pub fn function() -> Function {
    direct::answer(read_activity)
}

/// Reads its figures.
pub async fn read_activity(
    Asked(question): Asked<ReadActivity>,
    sensors: TableReader,
) -> Result<Option<ActivityFigures>, Error> {
    let found = sensors.get::<Activity>(&activity_key(question.activity)).await?;
    Ok(found.and_then(|found| found.value.known()))
}
