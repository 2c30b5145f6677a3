//! How a job goes on: the steps of its worker and of the clock, and why they are refused. Pure. What matches and clients
//! do to it before its start is in [`course`](crate::course).

use crate::job::{Command, Job, JobEvent, Next, Patience, State};
use crate::review::Sample;
use kernel::{PhotoId, Text, Timestamp};

/// Why a job does not begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotStarted {
    /// It is in this state.
    State(State),
    /// It can be started from then on.
    TooEarly(Timestamp),
    /// Its time has passed: it counts as missed.
    TooLate,
    /// Its worker has not drawn the supplies.
    NoSupplies,
}

/// Why a job is not given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotWithdrawn {
    /// It is in this state.
    State(State),
    /// It should have begun.
    TooLate,
}

/// The job does not allow this (any more); it is in this state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrongState(pub State);

impl Job {
    /// From when on it can be started.
    pub fn startable_from(&self, patience: Patience) -> Timestamp {
        let early = i64::try_from(patience.early.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.from.as_millis().saturating_sub(early))
    }

    /// Its worker begins, and shows it by a photo.
    pub fn start(
        &self,
        photo: PhotoId,
        command: Command,
        patience: Patience,
        now: Timestamp,
    ) -> Result<Next, NotStarted> {
        let earliest = self.startable_from(patience);
        match self.state {
            State::Assigned if now < earliest => Err(NotStarted::TooEarly(earliest)),
            State::Assigned if self.is_due(now) => Err(NotStarted::TooLate),
            State::Assigned if !self.supplied => Err(NotStarted::NoSupplies),
            State::Assigned => {
                let mut job = self.moved(State::Started, command, now);
                job.start_photo = Some(photo);
                Ok((job, vec![JobEvent::Came(State::Started)]))
            }
            state => Err(NotStarted::State(state)),
        }
    }

    /// Its worker is done, and shows the report.
    pub fn finish(&self, photo: PhotoId, command: Command, sample: Sample, now: Timestamp) -> Result<Next, WrongState> {
        if self.state != State::Started {
            return Err(WrongState(self.state));
        }
        let mut job = self.moved(State::Completed, command, now);
        job.report_photo = Some(photo);
        Ok((job.to_review(sample, now), vec![JobEvent::Came(State::Completed)]))
    }

    /// Its worker gives up.
    pub fn fail(&self, reason: Text<1, 500>, command: Command, now: Timestamp) -> Result<Next, WrongState> {
        if self.state != State::Started {
            return Err(WrongState(self.state));
        }
        let mut job = self.moved(State::Failed, command, now);
        job.reason = Some(reason);
        Ok((job.to_review(Sample::ALL, now), vec![JobEvent::Came(State::Failed)]))
    }

    /// Its worker does not want it, in time for somebody else to be found.
    pub fn withdraw(
        &self,
        reason: Option<Text<1, 500>>,
        command: Command,
        now: Timestamp,
    ) -> Result<Next, NotWithdrawn> {
        match self.state {
            State::Assigned if self.from <= now => Err(NotWithdrawn::TooLate),
            State::Assigned => {
                let mut job = self.moved(State::Withdrawn, command, now);
                job.reason = reason;
                Ok((job, vec![JobEvent::Came(State::Withdrawn)]))
            }
            state => Err(NotWithdrawn::State(state)),
        }
    }

    /// The clock ends what its worker did not begin, or never finished. `None`: there is time, or it has ended.
    pub fn overdue(&self, now: Timestamp) -> Option<Next> {
        let state = match self.state {
            State::Assigned => State::Missed,
            State::Started => State::Failed,
            _ => return None,
        };
        self.is_due(now).then(|| {
            let job = self.come_to(state, now).to_review(Sample::ALL, now);
            (job, vec![JobEvent::Came(state)])
        })
    }

    /// The client cancelled before its start.
    pub fn cancelled(&self, now: Timestamp) -> Next {
        let job = self.come_to(State::Cancelled, now).to_review(Sample::ALL, now);
        (job, vec![JobEvent::Came(State::Cancelled)])
    }

    /// Somebody else does it, or nobody. Matching told client and worker; who provides for the job knows it by its own
    /// name only, and hears it from here.
    pub fn closed(&self, now: Timestamp) -> Next {
        (self.come_to(State::Closed, now), vec![JobEvent::Came(State::Closed)])
    }

    fn moved(&self, to: State, command: Command, now: Timestamp) -> Job {
        let mut job = self.come_to(to, now);
        job.commands.push(Command { to, ..command });
        job
    }
}
