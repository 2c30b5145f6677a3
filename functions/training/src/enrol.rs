//! A person begins a training programme.
//!
//! Called by a signed-in customer with an `Idempotency-Key`: the programme, the first day, and the clock by which
//! sessions begin and reminders come. The run goes by the programme's present edition for good. One transaction writes
//! the run and notes it at the person, who has at most three at a time and never two of one programme. Announces
//! `training.enrolled.v1`.

use crate::athlete::MOST_ACTIVE;
use crate::day::{Clock, Day};
use crate::enrolment::{Enrolment, EnrolmentEvent};
use crate::plan::Programme;
use crate::store::{self, DECISIONS};
use derive::Refusal;
use kernel::{EnrolmentId, ProgrammeId};
use platform::http::{self, Created, Customer, IdempotencyKey, Json};
use platform::{Commit, Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How many days ahead a run may begin.
const AHEAD: i64 = 366;

/// What to begin, and when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({
    "programme": ProgrammeId::from_bits(26), "start": "2026-02-02",
    "clock": {"zone": "Europe/Moscow", "at": "18:00", "remind_minutes": 60},
}))]
pub struct Enrol {
    /// The programme.
    pub programme: ProgrammeId,
    /// The first day of the first week: today, or up to a year ahead.
    pub start: Day,
    /// When sessions begin, and reminders come.
    pub clock: Clock,
}

/// The run as it was begun.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EnrolledIn {
    /// Names it.
    pub id: EnrolmentId,
    /// The programme.
    pub programme: ProgrammeId,
    /// Its edition, which stays.
    pub edition: u32,
    /// The first day.
    pub start: Day,
}

/// Why a programme is not begun.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is no such programme.
    #[problem(422, "no-such-programme", "Choose one of the training programmes.")]
    NoSuchProgramme,
    /// The first day is over, or too far ahead.
    #[problem(422, "bad-start", "Begin between {from} and {to}.")]
    BadStart {
        /// The earliest day.
        from: Day,
        /// The latest day.
        to: Day,
    },
    /// Reminders would come on the day before.
    #[problem(422, "reminder-too-early", "Be reminded on the day of the session: at most {most} minutes before it.")]
    TooEarly {
        /// How many minutes before.
        most: u32,
    },
    /// The person is in it.
    #[problem(409, "already-enrolled", "Go on with {enrolment}, or leave it first.")]
    Already {
        /// The run that goes on.
        enrolment: EnrolmentId,
    },
    /// The person is in so many.
    #[problem(409, "too-many-programmes", "Leave one of your {most} programmes first.")]
    TooMany {
        /// How many.
        most: usize,
    },
}

/// `POST /v1/training/enrolments`
pub fn function() -> Function {
    http::post("/v1/training/enrolments", enrol)
}

/// Writes the run; decides anew if something changed meanwhile.
pub async fn enrol(
    customer: Customer,
    key: IdempotencyKey,
    Json(request): Json<Enrol>,
    Now(now): Now,
    training: Table,
) -> Result<Created<EnrolledIn>, Failure<Refused>> {
    let (id, person): (EnrolmentId, _) = (key.id(), customer.account);
    for _ in 0..DECISIONS {
        if let Some(known) = training.get::<Enrolment>(&store::enrolment_key(person, id)).await? {
            key.replays(&known.value.request)?;
            return Ok(created(&known.value));
        }
        let programme = training.get::<Programme>(&store::programme_key(request.programme)).await?;
        let programme = programme.ok_or(Refused::NoSuchProgramme)?.value;
        let today = request.clock.zone.day_of(now);
        if request.start < today || request.start > today.plus(AHEAD) {
            return Err(Refused::BadStart { from: today, to: today.plus(AHEAD) }.into());
        }
        if !request.clock.reminds_in_time() {
            return Err(Refused::TooEarly { most: request.clock.latest_reminder() }.into());
        }
        let (stored, mut athlete) = store::athlete(&training, person).await?;
        for enrolment in athlete.active.iter().copied() {
            let run = training.get::<Enrolment>(&store::enrolment_key(person, enrolment)).await?;
            if run.is_some_and(|run| run.value.programme == request.programme) {
                return Err(Refused::Already { enrolment }.into());
            }
        }
        if athlete.active.len() >= MOST_ACTIVE {
            return Err(Refused::TooMany { most: MOST_ACTIVE }.into());
        }
        athlete.active.push(id);
        let run = Enrolment::begin((id, person), &programme, (request.start, request.clock.clone()), key.fingerprint());
        let plan = store::plan(&training, &run).await?;
        let sessions = run.sessions(0, &plan, &[]);
        let run = run.waits(&sessions);
        let both = training.transaction().write(stored.as_ref(), &athlete, Vec::new());
        if let Commit::Done = both.create(&run, vec![EnrolmentEvent::Enrolled]).commit().await? {
            return Ok(created(&run));
        }
    }
    Err(Error::contended(format!("{person} kept enrolling")).into())
}

fn created(run: &Enrolment) -> Created<EnrolledIn> {
    let (id, programme, edition, start) = (run.id, run.programme, run.edition, run.start);
    Created {
        // Where its runs are seen.
        location: "/v1/training/athlete".to_owned(),
        body: EnrolledIn { id, programme, edition, start },
    }
}
