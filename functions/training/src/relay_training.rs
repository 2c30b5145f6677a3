//! Publishes what changes of runs, sessions and workouts announce.
//!
//! Reads the stream of the training table; writes nothing. A workout's events are snapshots; what sessions and runs
//! announce stands in them for good.

use crate::enrolment::{Enrolment, EnrolmentEvent};
use crate::session::{Session, SessionEvent};
use crate::workout::{Workout, WorkoutEvent};
use contracts::training::{
    Enrolled, ProgrammeCompleted, Published, RecordSet, SessionDue, WorkoutCompleted, WorkoutSkipped, WorkoutWithdrawn,
};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the training table
pub fn function() -> Function {
    relay::from_outbox(relay_training)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_training(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Enrolment::KIND => {
            let (run, outbox) = change.read::<Enrolment>()?;
            Ok(outbox.events.into_iter().map(|event| of_run(&run, event)).collect())
        }
        Session::KIND => {
            let (session, outbox) = change.read::<Session>()?;
            Ok(outbox.events.into_iter().map(|event| of_session(&session, event)).collect())
        }
        Workout::KIND => {
            let (workout, outbox) = change.read::<Workout>()?;
            Ok(outbox.events.into_iter().map(|event| of_workout(&workout, event)).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn of_run(run: &Enrolment, event: EnrolmentEvent) -> Published {
    let (enrolment, person, programme) = (run.id, run.person, run.programme);
    match event {
        EnrolmentEvent::Enrolled => {
            let (edition, start) = (run.edition, run.start.to_string());
            Enrolled { enrolment, person, programme, edition, start }.into()
        }
        EnrolmentEvent::Completed => ProgrammeCompleted { enrolment, person, programme }.into(),
    }
}

fn of_session(session: &Session, event: SessionEvent) -> Published {
    let (enrolment, person, planned) = (session.enrolment, session.person, session.of());
    match event {
        SessionEvent::Due { begins_at } => {
            let title = session.title.clone();
            SessionDue { enrolment, person, planned, title, begins_at }.into()
        }
        SessionEvent::Skipped => {
            let day = session.day.to_string();
            WorkoutSkipped { enrolment, person, planned, day }.into()
        }
    }
}

fn of_workout(workout: &Workout, event: WorkoutEvent) -> Published {
    let (id, person, day) = (workout.id, workout.person, workout.day.to_string());
    match event {
        WorkoutEvent::Completed => WorkoutCompleted {
            workout: id,
            person,
            day,
            sport: workout.sport,
            seconds: workout.seconds,
            distance_m: workout.distance_m,
            planned: workout.planned,
        }
        .into(),
        WorkoutEvent::Withdrawn => WorkoutWithdrawn { workout: id, person }.into(),
        WorkoutEvent::Record(effort) => {
            let sport = workout.sport;
            RecordSet { workout: id, person, sport, effort, day }.into()
        }
    }
}
