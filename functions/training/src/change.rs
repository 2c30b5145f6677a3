//! What follows from a workout, in one transaction with it.

use crate::enrolment::Enrolment;
use crate::load::{DayLoad, Shift};
use crate::records::Records;
use crate::session::{Session, SessionEvent};
use crate::workout::{Workout, WorkoutEvent};
use platform::{Commit, Error, Stored, Table};

/// Items that change together.
#[derive(Default)]
pub struct Change {
    /// Workouts: as it was, as it is now, what it announces.
    pub workouts: Vec<(Option<Stored<Workout>>, Workout, Vec<WorkoutEvent>)>,
    /// Sessions, likewise.
    pub sessions: Vec<(Option<Stored<Session>>, Session, Vec<SessionEvent>)>,
    /// Records, likewise.
    pub records: Vec<(Option<Stored<Records>>, Records)>,
    /// Runs, likewise.
    pub runs: Vec<(Stored<Enrolment>, Enrolment)>,
}

impl Change {
    /// Writes all of it, with the sums of the days that change. `false`: something else changed meanwhile, and nothing
    /// was written.
    pub async fn commit(self, training: &Table) -> Result<bool, Error> {
        let mut transaction = training.transaction();
        let mut shift = Shift::default();
        let mut person = None;
        for (old, new, events) in &self.workouts {
            person = Some(new.person);
            if let Some(old) = old {
                shift.count(&old.value, -1);
            }
            shift.count(new, 1);
            transaction = transaction.write(old.as_ref(), new, events.clone());
        }
        for (old, new, events) in &self.sessions {
            transaction = transaction.write(old.as_ref(), new, events.clone());
        }
        for (old, new) in &self.records {
            transaction = transaction.write(old.as_ref(), new, Vec::new());
        }
        for (old, new) in &self.runs {
            transaction = transaction.replace(old, new, Vec::new());
        }
        for ((day, [workouts, stress, impulse]), person) in shift.days().zip(std::iter::repeat(person)) {
            let person = person.ok_or_else(|| Error::broken("a day changes without a workout"))?;
            let sums = [("workouts", workouts), ("stress", stress), ("impulse", impulse)];
            transaction = transaction.add(&DayLoad::none(person, day), &sums, &[]);
        }
        Ok(matches!(transaction.commit().await?, Commit::Done))
    }
}
