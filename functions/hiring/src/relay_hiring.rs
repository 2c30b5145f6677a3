//! Publishes what changes of applications announce: each step from an application to a worker.
//!
//! Reads the stream of the hiring table; writes nothing. Everything that an event says stays in the application once it
//! happened, so the event is the same at each repetition. Who the candidate is, is never part of it.

use crate::application::{Application, ApplicationEvent};
use contracts::hiring::{ApplicationReceived, ApplicationRejected, Published, TestAssigned, TestGraded, WorkerHired};
use kernel::TestId;
use platform::{Change, Error, Function, Item, relay};

/// The relay of the hiring table
pub fn function() -> Function {
    relay::from_outbox(relay_hiring)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_hiring(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Application::KIND => {
            let (application, outbox) = change.read::<Application>()?;
            outbox.events.into_iter().map(|event| step(&application, event)).collect()
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn step(application: &Application, event: ApplicationEvent) -> Result<Published, Error> {
    let (id, candidate) = (application.id, application.candidate);
    Ok(match event {
        ApplicationEvent::Received => ApplicationReceived { application: id, candidate }.into(),
        ApplicationEvent::TestAssigned(test) => {
            let sitting = application.sitting(test).ok_or_else(|| lacks(application, test))?;
            TestAssigned {
                application: id,
                candidate,
                test,
                begin_until: sitting.begin_until,
            }
            .into()
        }
        ApplicationEvent::TestGraded(test) => {
            let outcome = application.sitting(test).and_then(|sitting| sitting.outcome.as_ref());
            let outcome = outcome.ok_or_else(|| lacks(application, test))?;
            let (percent, passed) = (outcome.percent, outcome.passed);
            TestGraded { application: id, candidate, test, percent, passed }.into()
        }
        ApplicationEvent::Hired => {
            let mastery = application.mastery.clone();
            let mastery = mastery.ok_or_else(|| Error::broken(format!("{id} was hired for nothing")))?;
            WorkerHired {
                application: id,
                worker: candidate,
                skills: mastery.skills,
                strengths: mastery.strengths,
                weaknesses: mastery.weaknesses,
            }
            .into()
        }
        ApplicationEvent::Rejected => ApplicationRejected { application: id, candidate }.into(),
    })
}

fn lacks(application: &Application, test: TestId) -> Error {
    Error::broken(format!("{} announces {test}, of which it does not know", application.id))
}
