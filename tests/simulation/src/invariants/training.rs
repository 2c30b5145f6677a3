//! What training must have made of activities: each is a workout, once; what was written down is there until it was taken
//! back; a session is completed by one workout at most and both say so; the sums of a day are those of its workouts;
//! records are held by whoever was best; a withdrawal of the consent to readings is known.

use crate::club::Written;
use crate::look::{Row, of_kind};
use contracts::training::Effort;
use kernel::{AccountId, Sport, WorkoutId};
use sensors::activity::Activity;
use sensors::person::Consent;
use std::collections::{BTreeMap, BTreeSet};
use training::athlete::Athlete;
use training::day::Day;
use training::enrolment::{Enrolment, State};
use training::load::DayLoad;
use training::records::Records;
use training::session::Session;
use training::workout::{Source, Workout, id_of};

/// Holds a table of training against the activities and consents that sensors know, and what people wrote down.
pub(super) fn check(
    rows: &[Row],
    (activities, consents): (&[Activity], &[Consent]),
    written: &BTreeMap<WorkoutId, Written>,
    violations: &mut Vec<String>,
) -> Result<(), String> {
    let all: Vec<Workout> = of_kind(rows)?;
    let workouts: BTreeMap<WorkoutId, &Workout> = all.iter().map(|workout| (workout.id, workout)).collect();
    for activity in activities {
        let workout = workouts.get(&id_of(activity.id));
        let agreed = workout.is_some_and(|workout| {
            let deleted = matches!(workout.source, Source::Recording { deleted: true, .. });
            let lasted = activity.figures.as_ref().map_or(0, |figures| figures.moving_seconds);
            (workout.person, workout.counts, deleted, workout.seconds)
                == (activity.person, activity.deleted_at.is_none(), activity.deleted_at.is_some(), lasted)
        });
        if !agreed {
            violations.push(format!("of {activity:?} training has {workout:?}"));
        }
    }
    let known: BTreeSet<_> = activities.iter().map(|activity| activity.id).collect();
    for workout in &all {
        if let Source::Recording { activity, .. } = &workout.source
            && !known.contains(activity)
        {
            violations.push(format!("{} is of {activity}, which never was", workout.id));
        }
    }
    written_down(written, &workouts, violations);
    sessions(&of_kind(rows)?, &workouts, violations);
    days(&of_kind(rows)?, &all, violations);
    records(&of_kind(rows)?, &all, violations);
    let runs: Vec<Enrolment> = of_kind(rows)?;
    let athletes: Vec<Athlete> = of_kind(rows)?;
    for consent in consents.iter().filter(|consent| consent.withdrawn_at.is_some()) {
        let athlete = athletes.iter().find(|athlete| athlete.person == consent.person);
        if athlete.is_none_or(|athlete| athlete.withdrawn_at < consent.withdrawn_at) {
            violations.push(format!("{consent:?} did not come to {athlete:?}"));
        }
    }
    for athlete in athletes {
        let active = |run: &&Enrolment| run.person == athlete.person && run.state == State::Active;
        let mut active: Vec<_> = runs.iter().filter(active).map(|run| run.id).collect();
        active.sort_unstable();
        let mut noted = athlete.active.clone();
        noted.sort_unstable();
        if active != noted {
            violations.push(format!("{} goes on with {active:?}, and {noted:?} are noted", athlete.person));
        }
    }
    Ok(())
}

/// What was written down is there, unless it was taken back.
fn written_down(
    written: &BTreeMap<WorkoutId, Written>,
    workouts: &BTreeMap<WorkoutId, &Workout>,
    violations: &mut Vec<String>,
) {
    for (id, known) in written {
        let is_listed = workouts.get(id).map(|workout| workout.diary == Some(known.person));
        let may_be = match (known.taken_back, known.in_doubt) {
            (true, _) => is_listed == Some(false),
            (false, true) => is_listed.is_some(),
            (false, false) => is_listed == Some(true),
        };
        if !may_be {
            violations.push(format!("of {known:?} there is {:?}", workouts.get(id)));
        }
    }
}

/// A session and what completes it name each other.
fn sessions(sessions: &[Session], workouts: &BTreeMap<WorkoutId, &Workout>, violations: &mut Vec<String>) {
    for session in sessions {
        for (id, counts) in [(session.recorded, true), (session.by_hand, session.recorded.is_none())] {
            let Some(id) = id else { continue };
            let agreed = workouts
                .get(&id)
                .is_some_and(|workout| workout.planned == Some(session.of()) && workout.counts == counts);
            if !agreed {
                violations.push(format!("{session:?} is said to be done by {:?}", workouts.get(&id)));
            }
        }
    }
    for workout in workouts.values() {
        let Some(planned) = workout.planned else { continue };
        let session = sessions.iter().find(|session| session.of() == planned);
        let done = session.is_some_and(|session| [session.recorded, session.by_hand].contains(&Some(workout.id)));
        if !done {
            violations.push(format!("{workout:?} is said to be {session:?}"));
        }
    }
}

/// The sums of a day are those of its workouts that count.
fn days(days: &[DayLoad], workouts: &[Workout], violations: &mut Vec<String>) {
    let mut sums: BTreeMap<(AccountId, Day), [i64; 3]> = BTreeMap::new();
    for workout in workouts.iter().filter(|workout| workout.counts) {
        let sum = sums.entry((workout.person, workout.day)).or_default();
        let each = [Some(1), workout.load.stress_tenths, workout.load.impulse_tenths];
        sum.iter_mut().zip(each).for_each(|(sum, each)| *sum += i64::from(each.unwrap_or(0)));
    }
    for day in days {
        let sum = sums.remove(&(day.person, day.day)).unwrap_or_default();
        if sum != [day.workouts, day.stress, day.impulse] {
            violations.push(format!("workouts come to {sum:?}, and there is {day:?}"));
        }
    }
    violations.extend(sums.iter().map(|(day, sum)| format!("nothing is known of {day:?}, which comes to {sum:?}")));
}

/// Records are the best of what counts.
fn records(records: &[Records], workouts: &[Workout], violations: &mut Vec<String>) {
    let mut best: BTreeMap<(AccountId, Sport, Effort), u32> = BTreeMap::new();
    for workout in workouts.iter().filter(|workout| workout.counts) {
        for (effort, value) in workout.efforts.iter().filter(|(_, value)| *value > 0) {
            let held = best.entry((workout.person, workout.sport, *effort)).or_insert(*value);
            *held = match effort {
                Effort::Power(_) => (*held).max(*value),
                Effort::Distance(_) => (*held).min(*value),
            };
        }
    }
    let mut held = BTreeMap::new();
    for one in records {
        for (effort, marks) in &one.efforts {
            held.extend(marks.first().map(|mark| ((one.person, one.sport, *effort), mark.value)));
        }
    }
    if held != best {
        violations.push(format!("records are {held:?} instead of {best:?}"));
    }
}
