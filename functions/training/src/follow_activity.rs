//! A person's sensors recorded an activity, or it was deleted: it is a workout, or none any more.
//!
//! Consumes `sensors.activity-recorded.v1` and `sensors.activity-deleted.v1`, repeated and in any order, and asks
//! sensors for the figures: of an activity the newest snapshot counts, and a deletion is for ever. It completes the
//! first session of its local day and sport that no other recording is; what was written down for that session does not
//! count any more. It may come days late: a week that was judged without it stays judged, its session is completed all
//! the same. What comes after its programme ended is a workout of its own. A deletion undoes all of it: what was
//! written down counts again, and former records stand. First does what is due to the person's runs, which may announce
//! `training.session-due.v1` and `training.programme-completed.v1`. Announces `training.workout-completed.v1`,
//! `…workout-withdrawn.v1` and `…record-set.v1`.

use crate::change::Change;
use crate::completion;
use crate::day::{Day, day_at_offset};
use crate::enrolment::Enrolment;
use crate::look_after::look_after;
use crate::records::Records;
use crate::store::{self, DECISIONS};
use crate::workout::{Workout, WorkoutEvent, id_of};
use contracts::Stamp;
use contracts::sensors::{ActivityDeleted, ActivityFigures, ActivityRecorded, ReadActivity};
use kernel::Timestamp;
use platform::{Ask, Error, Function, Now, On, Stored, Table, events};

contracts::one_of! {
    /// What is said of an activity.
    pub enum Said { ActivityRecorded, ActivityDeleted }
}

/// On `sensors.activity-recorded.v1` and `sensors.activity-deleted.v1`
pub fn function() -> Function {
    events::on(follow_activity)
}

/// Writes what is said, and all that follows from it; decides anew if something changed meanwhile.
pub async fn follow_activity(
    said: On<Said>,
    Now(now): Now,
    sensors: Ask<ReadActivity>,
    training: Table,
) -> Result<(), Error> {
    for _ in 0..DECISIONS {
        let done = match &said.event {
            Said::ActivityRecorded(ActivityRecorded { activity, .. }) => {
                match sensors.send(&ReadActivity { activity: *activity }).await? {
                    Some(figures) => record(&training, &figures, said.stamp, now).await?,
                    // It was deleted since: that is told, too.
                    None => true,
                }
            }
            Said::ActivityDeleted(activity) => delete(&training, activity, now).await?,
        };
        if done {
            return Ok(());
        }
    }
    Err(Error::contended("a workout kept changing"))
}

async fn record(training: &Table, said: &ActivityFigures, stamp: Stamp, now: Timestamp) -> Result<bool, Error> {
    let person = said.person;
    let known = completion::workout(training, person, id_of(said.activity)).await?;
    if known.as_ref().is_some_and(|known| known.value.is_as_new_as(stamp)) {
        return Ok(true);
    }
    let (_, athlete) = store::athlete(training, person).await?;
    let mut runs = Vec::new();
    for id in &athlete.active {
        runs.extend(look_after(training, person, *id, now).await?.map(|run| run.value));
    }
    let mut change = Change::default();
    let mut workout = Workout::recorded(said, stamp, &athlete, day_of(said, &runs));
    workout.planned = completion::planned(training, known.as_ref(), &workout, &runs, &mut change).await?;

    let mut events = vec![WorkoutEvent::Completed];
    let (stored, records) = records(training, &workout).await?;
    let (records, set) = records.with(&workout);
    if stored.as_ref().map(|stored| &stored.value) != Some(&records) && (stored.is_some() || !set.is_empty()) {
        change.records.push((stored, records));
    }
    events.extend(set.into_iter().map(|(effort, _)| WorkoutEvent::Record(effort)));
    if let Some(before) = known.as_ref().filter(|known| known.value.sport != workout.sport) {
        forget(training, &before.value, &mut change).await?;
    }
    change.workouts.push((known, workout, events));
    change.commit(training).await
}

async fn delete(training: &Table, said: &ActivityDeleted, now: Timestamp) -> Result<bool, Error> {
    let mut change = Change::default();
    let Some(known) = completion::workout(training, said.person, id_of(said.activity)).await? else {
        let tombstone = Workout::never_heard_of(said.activity, said.person, now, day_at_offset(now, 0));
        change.workouts.push((None, tombstone, Vec::new()));
        return change.commit(training).await;
    };
    if !known.value.counts {
        return Ok(true);
    }
    if let Some(planned) = known.value.planned {
        completion::release(training, known.value.person, planned, &mut change).await?;
    }
    forget(training, &known.value, &mut change).await?;
    let deleted = known.value.deleted();
    change.workouts.push((Some(known), deleted, vec![WorkoutEvent::Withdrawn]));
    change.commit(training).await
}

/// The day by the clock where it was: the recording's own, else that of the person's plan, else UTC.
fn day_of(said: &ActivityFigures, runs: &[Enrolment]) -> Day {
    match (said.utc_offset_minutes, runs.first()) {
        (Some(minutes), _) => day_at_offset(said.started_at, minutes),
        (None, Some(run)) => run.clock.zone.day_of(said.started_at),
        (None, None) => day_at_offset(said.started_at, 0),
    }
}

async fn records(training: &Table, workout: &Workout) -> Result<(Option<Stored<Records>>, Records), Error> {
    let stored = training.get::<Records>(&store::records_key(workout.person, workout.sport)).await?;
    let records = match &stored {
        Some(stored) => stored.value.clone(),
        None => Records::new(workout.person, workout.sport),
    };
    Ok((stored, records))
}

/// A workout holds no records any more; former ones stand again.
async fn forget(training: &Table, workout: &Workout, change: &mut Change) -> Result<(), Error> {
    let (stored, records) = records(training, workout).await?;
    let without = records.without(workout.id);
    if stored.is_some() && without != records {
        change.records.push((stored, without));
    }
    Ok(())
}
