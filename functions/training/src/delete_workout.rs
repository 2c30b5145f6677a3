//! A person takes back a workout that was written down.
//!
//! Called by the signed-in customer who wrote it down. It is in no diary and no sum any more; a session that it was is to
//! be done again, unless a recording is it, too. Deleting it again changes nothing. What sensors recorded is deleted
//! there, as an activity. Announces `training.workout-withdrawn.v1`.

use crate::change::Change;
use crate::completion;
use crate::store::DECISIONS;
use crate::workout::{Source, WorkoutEvent};
use derive::Refusal;
use kernel::{ActivityId, WorkoutId};
use platform::http::{self, Customer, NoContent, Path};
use platform::{Error, Failure, Function, Table};

/// Why a workout stays.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// Sensors recorded it.
    #[problem(409, "workout-recorded", "Delete the recording: DELETE /v1/activities/{activity}.")]
    Recorded {
        /// Its activity.
        activity: ActivityId,
    },
}

/// `DELETE /v1/training/workouts/{workout}`
pub fn function() -> Function {
    http::delete("/v1/training/workouts/{workout}", delete_workout)
}

/// Takes it back, with what followed from it; decides anew if something changed meanwhile.
pub async fn delete_workout(
    customer: Customer,
    Path(id): Path<WorkoutId>,
    training: Table,
) -> Result<NoContent, Failure<Refused>> {
    for _ in 0..DECISIONS {
        let known = completion::workout(&training, customer.account, id).await?.ok_or_else(http::not_found)?;
        if let Source::Recording { activity, .. } = known.value.source {
            return Err(Refused::Recorded { activity }.into());
        }
        if known.value.diary.is_none() {
            return Ok(NoContent);
        }
        let mut change = Change::default();
        if let Some(planned) = known.value.planned {
            completion::take_back(&training, id, planned, &mut change).await?;
        }
        let events = if known.value.counts { vec![WorkoutEvent::Withdrawn] } else { Vec::new() };
        let deleted = known.value.deleted();
        change.workouts.push((Some(known), deleted, events));
        if change.commit(&training).await? {
            return Ok(NoContent);
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}
