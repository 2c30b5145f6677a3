//! A person's run through a programme: which week comes when, and how it goes on. Pure.

use crate::day::{Clock, Day};
use crate::plan::{Missed, Plan, Programme};
use crate::session::{Session, SessionEvent};
use kernel::{AccountId, EnrolmentId, ProgrammeId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where enrolments wait for the clock.
pub const WAITING: &str = "clock";
/// A week is done at most so often.
const TURNS: usize = 3;

/// A run through a programme.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Enrolment {
    /// Names it.
    pub id: EnrolmentId,
    /// Whose it is.
    pub person: AccountId,
    /// The programme.
    pub programme: ProgrammeId,
    /// Its edition at the time of enrolling, which stays.
    pub edition: u32,
    /// The first day of the first week.
    pub start: Day,
    /// When sessions begin, and reminders come.
    pub clock: Clock,
    /// How far it is.
    pub state: State,
    /// The weeks so far, the last one being the present (or the first to come).
    pub lived: Vec<Lived>,
    /// Fingerprint of the request that made it.
    pub request: String,
    /// `WAITING` while it is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// When something is to be looked after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// How far a run is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "EnrolmentState")]
pub enum State {
    /// It goes on.
    Active,
    /// Its last week is over.
    Completed,
    /// The person gave it up.
    Left,
}

/// A week of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lived {
    /// The week of the plan, from 1.
    pub week: u16,
    /// How many weeks of growth lie before it.
    pub level: u16,
}

/// What a run announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnrolmentEvent {
    /// It began.
    Enrolled,
    /// Its last week is over.
    Completed,
}

/// What the clock does to a run: the run itself, and its sessions of this week that change.
#[derive(Clone, PartialEq, Debug)]
pub struct Tick {
    /// The run.
    pub enrolment: Enrolment,
    /// What it announces.
    pub events: Vec<EnrolmentEvent>,
    /// Sessions, with what they announce.
    pub sessions: Vec<(Session, Vec<SessionEvent>)>,
}

impl Enrolment {
    /// A run through the programme's present edition, from a day on, by a clock.
    pub fn begin(
        (id, person): (EnrolmentId, AccountId),
        programme: &Programme,
        (start, clock): (Day, Clock),
        request: &str,
    ) -> Enrolment {
        Enrolment {
            id,
            person,
            programme: programme.id,
            edition: programme.edition,
            start,
            clock,
            state: State::Active,
            lived: vec![Lived { week: 1, level: 0 }],
            request: request.to_owned(),
            waiting: None,
            due: None,
        }
    }

    /// The run's weeks are counted from 0: this is the present one, or the first to come.
    pub fn present(&self) -> u16 {
        u16::try_from(self.lived.len().saturating_sub(1)).unwrap_or(u16::MAX)
    }

    /// Week `position` of the run: as it was, or as it will be if all goes well. None after the last.
    pub fn week(&self, position: u16, plan: &Plan) -> Option<Lived> {
        if let Some(lived) = self.lived.get(usize::from(position)) {
            return Some(*lived);
        }
        let (present, last) = (self.present(), self.lived.last()?);
        let ahead = position - present;
        let week = last.week.checked_add(ahead).filter(|week| *week <= plan.length())?;
        (self.state == State::Active).then_some(Lived { week, level: last.level + ahead })
    }

    /// The first day of week `position`.
    pub fn first_day(&self, position: u16) -> Day {
        self.start.plus(7 * i64::from(position))
    }

    /// The week of the run in which `day` lies, if that is not before its beginning.
    pub fn position_of(&self, day: Day) -> Option<u16> {
        u16::try_from(day.since(self.start).div_euclid(7)).ok()
    }

    /// The sessions of week `position`: those of which something is known (`known`, of this week), and as planned.
    pub fn sessions(&self, position: u16, plan: &Plan, known: &[Session]) -> Vec<Session> {
        let Some(lived) = self.week(position, plan) else {
            return Vec::new();
        };
        let numbered = (1..).zip(plan.sessions(lived.week));
        numbered
            .map(|(number, planned)| {
                let known = known.iter().find(|session| session.position == position && session.number == number);
                let day = self.first_day(position).plus(i64::from(planned.day.get()) - 1);
                known.cloned().unwrap_or_else(|| Session::planned(self, (position, number), planned, day))
            })
            .collect()
    }

    /// The same run, to be looked after when the first of its reminders is due or its week is over.
    #[must_use]
    pub fn waits(self, sessions: &[Session]) -> Enrolment {
        let over = self.clock.midnight(self.first_day(self.present() + 1));
        let reminders = sessions.iter().filter(|session| session.is_open() && !session.reminded);
        let first = reminders.filter_map(|session| self.clock.reminds(session.day)).min();
        let due = first.map_or(over, |first| first.min(over));
        Enrolment { waiting: Some(WAITING.to_owned()), due: Some(due), ..self }
    }

    /// The same, with `changed` in place of what it was among the sessions of its week.
    #[must_use]
    pub fn waits_with(self, sessions: &[Session], changed: &Session) -> Enrolment {
        let with = |session: &Session| if session.number == changed.number { changed.clone() } else { session.clone() };
        let sessions: Vec<Session> = sessions.iter().map(with).collect();
        self.waits(&sessions)
    }

    /// The person gives it up. None: it has ended.
    pub fn leave(&self) -> Option<Enrolment> {
        (self.state == State::Active).then(|| self.ended(State::Left))
    }

    fn ended(&self, state: State) -> Enrolment {
        Enrolment { state, waiting: None, due: None, ..self.clone() }
    }

    /// What is due by `now` happens: reminders of sessions that are still ahead, or the end of a week. None: nothing is.
    /// One week at most ends at a time; ask again.
    pub fn tick(&self, plan: &Plan, known: &[Session], now: Timestamp) -> Option<Tick> {
        if self.state != State::Active || self.due.is_none_or(|due| due > now) {
            return None;
        }
        let mut sessions = self.sessions(self.present(), plan, known);
        let over = self.clock.midnight(self.first_day(self.present() + 1)) <= now;
        let mut changed = Vec::new();
        for session in sessions.iter_mut().filter(|session| session.is_open() && !session.reminded) {
            if self.clock.reminds(session.day).is_some_and(|at| at <= now) {
                let begins_at = self.clock.begins(session.day);
                session.reminded = true;
                // A reminder that was missed until the session began is none any more.
                let due = (now < begins_at).then_some(SessionEvent::Due { begins_at });
                changed.push((session.clone(), due.into_iter().collect()));
            }
        }
        let (enrolment, events) = match over {
            true => self.next_week(plan, &sessions),
            false => (self.clone().waits(&sessions), Vec::new()),
        };
        Some(Tick { enrolment, events, sessions: changed })
    }

    /// A week is over. At least half of it done: it was fulfilled, and the next one is a level higher. Otherwise, as the
    /// plan says, the level holds, or the week comes again.
    fn next_week(&self, plan: &Plan, sessions: &[Session]) -> (Enrolment, Vec<EnrolmentEvent>) {
        let Some(last) = self.lived.last().copied() else {
            return (self.ended(State::Completed), Vec::new());
        };
        let done = sessions.iter().filter(|session| session.is_completed()).count();
        let fulfilled = 2 * done >= sessions.len();
        let turns = self.lived.iter().filter(|lived| lived.week == last.week).count();
        let next = match (fulfilled, plan.missed) {
            (false, Missed::Repeat) if turns < TURNS => last,
            (false, _) => Lived { week: last.week + 1, ..last },
            (true, _) => Lived { week: last.week + 1, level: last.level + 1 },
        };
        if next.week > plan.length() {
            return (self.ended(State::Completed), vec![EnrolmentEvent::Completed]);
        }
        let mut enrolment = self.clone();
        enrolment.lived.push(next);
        let sessions = enrolment.sessions(enrolment.present(), plan, &[]);
        (enrolment.waits(&sessions), Vec::new())
    }
}
