//! The items of the training table, their keys, and the queries by name.
//!
//! | item | pk | sk | announces |
//! | --- | --- | --- | --- |
//! | [`Exercise`] | `library` | `exercise#exc_…` | |
//! | [`Programme`] | `programmes` | `programme#prg_…` | |
//! | [`Edition`] of a programme, written once | `prg_…` | `edition#000001` | |
//! | [`Athlete`] | `acc_…` | `athlete` | |
//! | [`Enrolment`] | `acc_…` | `enrolment#enr_…` | its beginning and its end |
//! | [`Session`] to which something happened | `enr_…` | `session#000#01` | that it is due, that it is skipped |
//! | [`Workout`] | `acc_…` | `workout#wko_…` | that it was done, or is withdrawn; records |
//! | [`DayLoad`] | `acc_…` | `day#2026-01-31` | |
//! | [`Records`] at a sport | `acc_…` | `records#cycling` | |
//!
//! The index `by-day` (`diary`, `started_at`; keys only) lists a person's workouts. The index `by-due` (`waiting`,
//! `due`; keys only) holds the enrolments that go on, by when something is to be looked after.
//!
//! A workout is written in one transaction with all that follows from it: the session that it completes, the sums of
//! its day, the records.

use crate::athlete::Athlete;
use crate::day::Day;
use crate::enrolment::{Enrolment, EnrolmentEvent};
use crate::load::DayLoad;
use crate::plan::{Edition, Exercise, Plan, Programme};
use crate::records::Records;
use crate::session::{Session, SessionEvent};
use crate::workout::{Workout, WorkoutEvent};
use kernel::{AccountId, Cursor, EnrolmentId, ExerciseId, Page, ProgrammeId, Sport, Timestamp, WorkoutId};
use platform::{Error, Failure, Index, Item, Key, List, Never, Stored, Table, TableReader, http};
use std::convert::Infallible;

/// A person's workouts by time.
pub const BY_DAY: Index = Index { name: "by-day", partition: "diary", sort: "started_at" };

/// How often a step decides anew when others change the items in between.
pub const DECISIONS: usize = 8;
/// The collection of all exercises.
const LIBRARY: &str = "library";
/// The collection of all programmes.
const PROGRAMMES: &str = "programmes";
/// How many days are read at a time.
const DAYS_PAGE: u32 = 500;

/// Declares an item: its events, the beginning of its sort key, whether it keeps its history, and its key.
macro_rules! item {
    ($name:ident, $event:ty, $kind:literal, $history:literal, $key:expr) => {
        impl Item for $name {
            type Event = $event;
            const KIND: &'static str = $kind;
            const HISTORY: bool = $history;

            fn key(&self) -> Key {
                let key: fn(&Self) -> Key = $key;
                key(self)
            }
        }
    };
}

item!(Exercise, Never, "exercise", false, |one| exercise_key(one.id));
item!(Programme, Never, "programme", false, |one| programme_key(one.id));
item!(Edition, Never, "edition", false, |one| edition_key(one.programme, one.edition));
item!(Athlete, Never, "athlete", false, |one| athlete_key(one.person));
item!(Enrolment, EnrolmentEvent, "enrolment", true, |one| enrolment_key(one.person, one.id));
item!(Session, SessionEvent, "session", true, |one| session_key(one.enrolment, one.position, one.number));
// It announces all of its state each time, and of a deleted one nothing that was measured is kept to be told again.
item!(Workout, WorkoutEvent, "workout", false, |one| workout_key(one.person, one.id));
item!(DayLoad, Never, "day", false, |one| Key::new(one.person, format!("day#{}", one.day)));
item!(Records, Never, "records", false, |one| records_key(one.person, one.sport));

/// The key of an exercise.
pub fn exercise_key(id: ExerciseId) -> Key {
    Key::new(LIBRARY, format!("exercise#{id}"))
}

/// The key of a programme.
pub fn programme_key(id: ProgrammeId) -> Key {
    Key::new(PROGRAMMES, format!("programme#{id}"))
}

/// The key of an edition of a programme.
pub fn edition_key(programme: ProgrammeId, edition: u32) -> Key {
    Key::new(programme, format!("edition#{edition:06}"))
}

/// The key of a person who trains.
pub fn athlete_key(person: AccountId) -> Key {
    Key::new(person, "athlete")
}

/// The key of a run through a programme.
pub fn enrolment_key(person: AccountId, id: EnrolmentId) -> Key {
    Key::new(person, format!("enrolment#{id}"))
}

/// The key of a session.
pub fn session_key(enrolment: EnrolmentId, position: u16, number: u8) -> Key {
    Key::new(enrolment, format!("session#{position:03}#{number:02}"))
}

/// The key of a workout.
pub fn workout_key(person: AccountId, id: WorkoutId) -> Key {
    Key::new(person, format!("workout#{id}"))
}

/// The key of a person's records at a sport.
pub fn records_key(person: AccountId, sport: Sport) -> Key {
    Key::new(person, format!("records#{}", sport.name()))
}

/// A page of the library after `cursor`.
pub async fn exercises<R>(
    training: &TableReader,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Exercise>>, Failure<R>> {
    training.list(&List::collection::<Exercise>(LIBRARY), limit, cursor).await
}

/// A page of the programmes after `cursor`.
pub async fn programmes<R>(
    training: &TableReader,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Programme>>, Failure<R>> {
    training.list(&List::collection::<Programme>(PROGRAMMES), limit, cursor).await
}

/// The plan by which a run goes.
pub async fn plan(training: &TableReader, run: &Enrolment) -> Result<Plan, Error> {
    let edition = training.get::<Edition>(&edition_key(run.programme, run.edition)).await?;
    let lost = || Error::broken(format!("edition {} of {} is not there", run.edition, run.programme));
    edition.map(|edition| edition.value.plan).ok_or_else(lost)
}

/// What is known of the sessions of a week of a run.
pub async fn sessions(training: &TableReader, run: EnrolmentId, position: u16) -> Result<Vec<Stored<Session>>, Error> {
    let list = List::collection::<Session>(run).prefix(format!("session#{position:03}#"));
    // A week has seven at most.
    Ok(training.list::<Session, Infallible>(&list, 10, None).await?.items)
}

/// A run of `person`; anybody else's is not found.
pub async fn run_of<R>(
    training: &TableReader,
    person: AccountId,
    id: EnrolmentId,
) -> Result<Stored<Enrolment>, Failure<R>> {
    let run = training.get::<Enrolment>(&enrolment_key(person, id)).await.map_err(Failure::Failed)?;
    run.ok_or_else(http::not_found)
}

/// The person at whom `reader` may look: the reader, or somebody who consented. Anybody else is not found.
pub async fn shown<R>(
    training: &TableReader,
    reader: AccountId,
    person: Option<AccountId>,
) -> Result<AccountId, Failure<R>> {
    let Some(person) = person.filter(|person| *person != reader) else {
        return Ok(reader);
    };
    let athlete = training.get::<Athlete>(&athlete_key(person)).await.map_err(Failure::Failed)?;
    match athlete.is_some_and(|athlete| athlete.value.shows(reader)) {
        true => Ok(person),
        false => Err(http::not_found()),
    }
}

/// A page of a person's workouts that began from `from` to `to`, the last first.
pub async fn workouts<R>(
    training: &TableReader,
    person: AccountId,
    (from, to): (Timestamp, Timestamp),
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Workout>>, Failure<R>> {
    let list = List::index(BY_DAY, person).between(from, to).newest_first();
    training.list(&list, limit, cursor).await
}

/// The loads of a person's days from `from` to `to`.
pub async fn days(training: &TableReader, person: AccountId, from: Day, to: Day) -> Result<Vec<DayLoad>, Error> {
    let list = List::collection::<DayLoad>(person).between(format!("day#{from}"), format!("day#{to}"));
    let (mut days, mut cursor) = (Vec::new(), None);
    loop {
        let page = training.list::<DayLoad, Infallible>(&list, DAYS_PAGE, cursor.as_ref()).await?;
        days.extend(page.items.into_iter().map(|day| day.value));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(days);
        }
    }
}

/// The person as known, or as somebody of whom nothing is.
pub async fn athlete(training: &Table, person: AccountId) -> Result<(Option<Stored<Athlete>>, Athlete), Error> {
    let stored = training.get::<Athlete>(&athlete_key(person)).await?;
    let athlete = stored.as_ref().map_or_else(|| Athlete::new(person), |stored| stored.value.clone());
    Ok((stored, athlete))
}
