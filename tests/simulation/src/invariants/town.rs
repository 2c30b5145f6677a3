//! What must hold of a town at rest: a worker's time is taken once, of a request one job at most is settled, everything
//! has ended alike in all contexts, supplies add up; and the money, in [`ledger`](super::ledger) and
//! [`money`](super::money).

use super::{at_rest, ledger, letters, money};
use crate::look::{Row, of_kind, rows};
use crate::town::{SPONGES, Town};
use jobs::job::{Job, State as JobState};
use kernel::{JobId, RequestId};
use local::simulation::Simulation;
use matching::request::{Closed, Request, Standing};
use notifications::message::Message;
use services::request::{ServiceRequest, State};
use std::collections::BTreeMap;
use supplies::cookie::{Cookie, Progress};
use supplies::draw::{self, Draw};
use supplies::purchase::Purchase;
use supplies::supply::Supply;

/// Everything that does not hold, in words.
pub fn violations(town: &Town, simulation: &Simulation) -> Vec<String> {
    let mut violations = town.surprises.clone();
    if let Err(reason) = look(town, simulation, &mut violations) {
        violations.push(reason);
    }
    at_rest(simulation, &mut violations);
    violations
}

fn look(town: &Town, simulation: &Simulation, violations: &mut Vec<String>) -> Result<(), String> {
    let read = |context| rows(&simulation.cloud, context);
    let (jobs, billing) = (read("jobs")?, read("billing")?);
    let work = Work {
        requests: of_kind(&read("services")?)?,
        matches: of_kind(&read("matching")?)?,
        jobs: of_kind(&jobs)?,
    };
    work.requests(town, violations);
    work.matches(violations);
    work.jobs(violations);
    supplies(&read("supplies")?, &work.jobs, simulation, violations)?;
    ledger::check(&billing, &work.jobs, simulation, violations)?;
    money::check(&billing, &read("payments")?, simulation, violations)?;
    let messages: Vec<Message> = of_kind(&read("notifications")?)?;
    letters(&messages, simulation, violations);
    Ok(())
}

/// Who does what, in the eyes of three contexts.
struct Work {
    requests: Vec<ServiceRequest>,
    matches: Vec<Request>,
    jobs: Vec<Job>,
}

/// Whether a job counts: of a request one at most does.
fn is_settled(job: &Job) -> bool {
    matches!(job.state, JobState::Completed | JobState::Failed | JobState::Missed | JobState::Cancelled)
}

impl Work {
    fn settled(&self, request: RequestId) -> Vec<&Job> {
        self.jobs.iter().filter(|job| job.request == request && is_settled(job)).collect()
    }

    /// Every request has ended, as its job did; and clients were told the truth.
    fn requests(&self, town: &Town, violations: &mut Vec<String>) {
        for request in &self.requests {
            let settled: Vec<JobState> = self.settled(request.id).iter().map(|job| job.state).collect();
            let agreed = match (request.state, &settled[..]) {
                (State::Completed, [JobState::Completed])
                | (State::Failed, [JobState::Failed])
                | (State::NoShow, [JobState::Missed])
                | (State::Cancelled, [] | [JobState::Cancelled])
                | (State::Unmatched, []) => true,
                // Anything else has not ended, or not alike.
                _ => false,
            };
            if !agreed {
                violations.push(format!("{} is {:?}, its jobs {settled:?}", request.id, request.state));
            }
        }
        let by_id: BTreeMap<RequestId, &ServiceRequest> = self.requests.iter().map(|one| (one.id, one)).collect();
        for (id, account) in &town.known {
            if by_id.get(id).is_none_or(|request| request.client != *account) {
                violations.push(format!("{id} was confirmed to {account} but is not there"));
            }
        }
        for (id, at_once) in &town.cancelled {
            // Of what a worker had, the work may have begun first, or nobody may have come.
            let kept = by_id.get(id).is_some_and(|request| match at_once {
                true => request.state == State::Cancelled && request.cancelled.is_some(),
                false => request.cancelled.is_some(),
            });
            if !kept {
                violations.push(format!("the cancellation of {id} was confirmed and lost"));
            }
        }
    }

    /// What is matched has a job that was kept to its end; and no worker had two at once.
    fn matches(&self, violations: &mut Vec<String>) {
        for request in &self.matches {
            let job = self.jobs.iter().find(|job| (job.request, job.attempt) == (request.id, request.attempt));
            let agreed = match &request.standing {
                Standing::Matched { held, .. } => job.is_some_and(|job| {
                    job.worker == held.worker
                        && matches!(job.state, JobState::Completed | JobState::Failed | JobState::Missed)
                }),
                Standing::Closed { because: Closed::Cancelled } => true,
                Standing::Closed { because: Closed::Kept } => self.settled(request.id).len() == 1,
                Standing::Closed { because: Closed::Unmatched } => self.settled(request.id).is_empty(),
                Standing::Open | Standing::Offered { .. } => false,
            };
            if !agreed {
                violations.push(format!("matching has {:?} of {}, jobs {job:?}", request.standing, request.id));
            }
        }
        let to_their_end = |job: &&Job| is_settled(job) && job.state != JobState::Cancelled;
        let kept: Vec<&Job> = self.jobs.iter().filter(to_their_end).collect();
        for (n, job) in kept.iter().enumerate() {
            let overlaps =
                |other: &&&Job| other.worker == job.worker && other.from < job.until && job.from < other.until;
            if let Some(other) = kept.iter().skip(n + 1).find(overlaps) {
                violations.push(format!("{} has {} and {} at once", job.worker, job.id, other.id));
            }
        }
    }

    /// A job a match; of a request one at most is settled; none goes on for ever.
    fn jobs(&self, violations: &mut Vec<String>) {
        for job in &self.jobs {
            let found = self.matches.iter().find(|request| request.id == job.request);
            if found.is_none_or(|request| job.attempt == 0 || job.attempt > request.attempt) {
                violations.push(format!("{} is of a match that never was", job.id));
            }
            if matches!(job.state, JobState::Assigned | JobState::Started) {
                violations.push(format!("{} is {:?} for ever", job.id, job.state));
            }
        }
        for request in &self.matches {
            let settled = self.settled(request.id);
            if settled.len() > 1 {
                violations.push(format!("of {} more than one job is settled: {settled:?}", request.id));
            }
        }
    }
}

/// What is on the shelf is what was counted and came, less what was handed over; each job drew once, and none that does
/// not begin draws any more; and each cookie is as its vendor has it.
fn supplies(rows: &[Row], jobs: &[Job], simulation: &Simulation, violations: &mut Vec<String>) -> Result<(), String> {
    let is_off = |job: &&Job| {
        matches!(job.state, JobState::Cancelled | JobState::Withdrawn | JobState::Closed | JobState::Missed)
    };
    let off: BTreeMap<JobId, &Job> = jobs.iter().filter(is_off).map(|job| (job.id, job)).collect();
    for known in of_kind::<supplies::job::Job>(rows)?.iter().filter(|known| !known.ended) {
        if let Some(job) = off.get(&known.id) {
            violations.push(format!("{} is {:?}, and supplies can be drawn for it", job.id, job.state));
        }
    }
    let draws: Vec<Draw> = of_kind(rows)?;
    let purchases: Vec<Purchase> = of_kind(rows)?;
    let came: u32 = purchases.iter().map(Purchase::received).sum();
    let issued = || draws.iter().filter(|draw| draw.state == draw::State::Issued);
    let gone: u32 = issued().flat_map(|draw| &draw.lines).map(|line| line.quantity).sum();
    for supply in of_kind::<Supply>(rows)? {
        if supply.on_hand + gone != SPONGES + came {
            violations.push(format!("{SPONGES} and {came} came, {gone} are gone, and there are {}", supply.on_hand));
        }
    }
    let mut jobs: Vec<_> = issued().map(|draw| draw.job).collect();
    jobs.sort_unstable();
    if jobs.windows(2).any(|pair| pair[0] == pair[1]) {
        violations.push(format!("a job drew its supplies twice: {jobs:?}"));
    }
    violations
        .extend(draws.iter().filter(|draw| draw.waiting.is_some()).map(|draw| format!("{draw:?} waits for ever")));
    let baked = simulation.cloud.sandboxes().kept("biscuit");
    for cookie in of_kind::<Cookie>(rows)? {
        let wanted = i64::from(matches!(cookie.progress, Progress::Confirmed { .. }));
        let ordered = baked.get(&cookie.id.to_string()).copied().unwrap_or_default();
        if cookie.is_live() || wanted != ordered {
            violations.push(format!("the vendor bakes {ordered} of {cookie:?}"));
        }
    }
    Ok(())
}
