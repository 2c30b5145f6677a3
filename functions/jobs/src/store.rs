//! The items of the jobs table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Job`] | `job_…` | `job` |
//! | [`Course`] of a request | `req_…` | `course` |
//! | [`PhotoLook`] at a job's photo, written once | `job_…` | `photo-look#<request>` |
//!
//! The index `by-worker` (`shelf`, `from`) holds a worker's lists; `by-due` (`waiting`, `due`) what the clock may end;
//! `by-review` (`review_list`, `review_since`) what quality is to look at. All hold keys only, and an item without
//! their attributes is in none.
//!
//! A job that waits for its start and the course of its request are always written together: the course names the one
//! job that may begin.

use crate::course::{Birth, Course, CourseEvent, Fate, Turn};
use crate::job::{self, Job, JobEvent, Next, Shelf, State, shelf_of};
use crate::review::OPEN;
use kernel::{AccountId, Cursor, JobId, Page, PhotoId, RequestId, Timestamp};
use platform::{Commit, Error, Failure, Index, Item, Key, List, Never, Stored, Table, TableReader, http};
use serde::{Deserialize, Serialize};

/// A worker's lists.
pub const BY_WORKER: Index = Index { name: "by-worker", partition: "shelf", sort: "from" };
/// What quality is to look at, the oldest first.
pub const BY_REVIEW: Index = Index {
    name: "by-review",
    partition: "review_list",
    sort: "review_since",
};

/// How often a step decides anew when others change the items in between.
pub const DECISIONS: usize = 8;
impl Item for Job {
    type Event = JobEvent;
    const KIND: &'static str = "job";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        job_key(self.id)
    }
}

/// The key of a job.
pub fn job_key(id: JobId) -> Key {
    Key::new(id, Job::KIND)
}

impl Item for Course {
    type Event = CourseEvent;
    const KIND: &'static str = "course";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        course_key(self.request)
    }
}

/// The key of a request's course.
pub fn course_key(request: RequestId) -> Key {
    Key::new(request, Course::KIND)
}

/// A member of staff looked at a photo of a job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PhotoLook {
    /// The job.
    pub job: JobId,
    /// The photo.
    pub photo: PhotoId,
    /// Who.
    pub seen_by: AccountId,
    /// When.
    pub seen_at: Timestamp,
    /// The request's key.
    pub key: String,
    /// The request's fingerprint.
    pub fingerprint: String,
}

impl Item for PhotoLook {
    type Event = Never;
    const KIND: &'static str = "photo-look";

    fn key(&self) -> Key {
        Key::new(self.job, format!("{}#{}", Self::KIND, self.key))
    }
}

/// A job of `worker`; anybody else's is not found.
pub async fn job_of<R>(jobs: &TableReader, worker: AccountId, id: JobId) -> Result<Stored<Job>, Failure<R>> {
    let job = jobs.get::<Job>(&job_key(id)).await.map_err(Failure::Failed)?;
    job.filter(|job| job.value.worker == worker).ok_or_else(http::not_found)
}

/// The page of a worker's list after `cursor`: what is to be done next comes first, what is over comes last first.
pub async fn jobs_of<R>(
    jobs: &TableReader,
    worker: AccountId,
    shelf: Shelf,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Job>>, Failure<R>> {
    let list = List::index(BY_WORKER, shelf_of(worker, shelf));
    let list = if shelf == Shelf::Active { list } else { list.newest_first() };
    jobs.list(&list, limit, cursor).await
}

/// The page of jobs that wait for a review.
pub async fn reviews<R>(
    jobs: &TableReader,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Job>>, Failure<R>> {
    jobs.list(&List::index(BY_REVIEW, OPEN), limit, cursor).await
}

/// Writes the next step of a job, with the course of its request if it waited for its start. Whether nobody was faster.
pub async fn go_on(jobs: &Table, old: &Stored<Job>, (new, events): Next) -> Result<bool, Error> {
    if old.value.state != State::Assigned {
        return Ok(jobs.replace(old, new, events).await?.is_some());
    }
    let request = old.value.request;
    let course = jobs.get::<Course>(&course_key(request)).await?;
    let course = course.ok_or_else(|| Error::broken(format!("{request} has a job and no course")))?;
    if course.value.open != Some(old.value.attempt) {
        // What was read of the job is older than this.
        return Ok(false);
    }
    let next = match new.state {
        State::Withdrawn => course.value.withdraw(),
        _ => course.value.settle(),
    };
    let both = jobs.transaction().replace(old, &new, events).replace(&course, &next, Vec::new());
    Ok(matches!(both.commit().await?, Commit::Done))
}

/// Takes the next turn of a request's course as `decide` says (`None`: it stays as it is), with what that means for its
/// jobs; decides anew if somebody was faster. `newborn` makes the job that a turn creates.
pub async fn take_turn(
    jobs: &Table,
    request: RequestId,
    now: Timestamp,
    decide: impl Fn(&Course) -> Option<Turn>,
    newborn: impl Fn(Birth) -> Option<Next>,
) -> Result<(), Error> {
    for _ in 0..DECISIONS {
        let known = jobs.get::<Course>(&course_key(request)).await?;
        let Some(turn) = decide(known.as_ref().map_or(&Course::new(request), |known| &known.value)) else {
            return Ok(());
        };
        let mut transaction = jobs.transaction().write(known.as_ref(), &turn.course, turn.events);
        if let Some((attempt, fate)) = turn.open {
            let id = job::id_of(request, attempt);
            let open = jobs.get::<Job>(&job_key(id)).await?;
            let open = open.ok_or_else(|| Error::broken(format!("{id} has a course and is not here")))?;
            let (ended, events) = match fate {
                Fate::Closed => open.value.closed(now),
                Fate::Cancelled => open.value.cancelled(now),
            };
            transaction = transaction.replace(&open, &ended, events);
        }
        if let Some((job, events)) = turn.new.and_then(&newborn) {
            transaction = transaction.create(&job, events);
        }
        if let Commit::Done = transaction.commit().await? {
            return Ok(());
        }
    }
    Err(Error::contended(format!("{request} kept changing")))
}
