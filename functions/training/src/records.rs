//! A person's records at a sport, and who would hold them if the holder went. Pure.

use crate::day::Day;
use crate::workout::Workout;
use contracts::training::Effort;
use kernel::{AccountId, Sport, WorkoutId};
use serde::{Deserialize, Serialize};

/// How many of the best are kept for each effort: so many may be deleted before a worse one is forgotten.
const KEPT: usize = 20;

/// The best of a person at a sport.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Records {
    /// Whose.
    pub person: AccountId,
    /// At what.
    pub sport: Sport,
    /// By effort, the best first.
    pub efforts: Vec<(Effort, Vec<Mark>)>,
}

/// One effort of one workout.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    /// Watts, or seconds.
    pub value: u32,
    /// When.
    pub day: Day,
    /// In which workout.
    pub workout: WorkoutId,
}

impl Records {
    /// Nobody's records yet.
    pub fn new(person: AccountId, sport: Sport) -> Self {
        Records { person, sport, efforts: Vec::new() }
    }

    /// Who holds an effort's record.
    pub fn holder(&self, effort: Effort) -> Option<&Mark> {
        self.efforts.iter().find(|(kept, _)| *kept == effort)?.1.first()
    }

    /// Without a workout's efforts.
    #[must_use]
    pub fn without(&self, workout: WorkoutId) -> Records {
        let mut records = self.clone();
        for (_, marks) in &mut records.efforts {
            marks.retain(|mark| mark.workout != workout);
        }
        records.efforts.retain(|(_, marks)| !marks.is_empty());
        records
    }

    /// With those that `workout` has now, and which of them are records that were not before. A tie is the former's.
    pub fn with(&self, workout: &Workout) -> (Records, Vec<(Effort, u32)>) {
        let mut records = self.without(workout.id);
        for (effort, value) in workout.efforts.iter().filter(|(_, value)| *value > 0) {
            let mark = Mark { value: *value, day: workout.day, workout: workout.id };
            match records.efforts.iter_mut().find(|(kept, _)| kept == effort) {
                Some((_, marks)) => insert(*effort, marks, mark),
                None => records.efforts.push((*effort, vec![mark])),
            }
        }
        records.efforts.sort_by_key(|(effort, _)| *effort);
        let is_new = |(effort, value): &&(Effort, u32)| {
            let held = |records: &Records| records.holder(*effort).map(|mark| (mark.workout, mark.value));
            held(&records) == Some((workout.id, *value)) && held(self) != Some((workout.id, *value))
        };
        let set = workout.efforts.iter().filter(is_new).copied().collect();
        (records, set)
    }
}

fn insert(effort: Effort, marks: &mut Vec<Mark>, mark: Mark) {
    // The best first, of equals the earlier one; whatever order they come in.
    let rank = |mark: &Mark| match effort {
        Effort::Power(_) => (u32::MAX - mark.value, mark.day, mark.workout),
        Effort::Distance(_) => (mark.value, mark.day, mark.workout),
    };
    let at = marks.partition_point(|other| rank(other) <= rank(&mark));
    marks.insert(at, mark);
    marks.truncate(KEPT);
}
