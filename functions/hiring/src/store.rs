//! The items of the hiring table, their keys, and the queries by name.
//!
//! | item | pk | sk | announces |
//! | --- | --- | --- | --- |
//! | [`Application`], with its tests | `app_…` | `application` | each of its steps |
//! | [`Candidate`] | `acc_…` | `candidate` | |
//! | [`Likeness`] of persons | `likeness#<mark>` | `likeness` | |
//! | [`Test`] of the bank | `bank` | `test#tst_…` | |
//! | [`Part`] of an edition's questions, written once | `tst_…` | `questions#000001#00` | |
//!
//! The index `by-state` (`state`, `applied_at`; keys only) lists applications for managers. The index `by-due`
//! (`waiting`, `due`; keys only) holds what somebody looks after when its time is over, and nothing else.

use crate::application::{Application, ApplicationEvent, State};
use crate::bank::{Part, Question, Test};
use crate::candidate::Candidate;
use crate::likeness::Likeness;
use crate::sitting::Paper;
use kernel::{AccountId, ApplicationId, Cursor, Page, TestId};
use platform::{Commit, Decision, Error, Failure, Index, Item, Key, List, Never, Stored, Table, TableReader, http};
use std::convert::Infallible;

/// Lists applications of a state by time.
pub const BY_STATE: Index = Index { name: "by-state", partition: "state", sort: "applied_at" };

/// The collection of all tests.
const BANK: &str = "bank";
/// More than an edition has parts.
const PARTS_PAGE: u32 = 20;

impl Item for Application {
    type Event = ApplicationEvent;
    const KIND: &'static str = "application";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        application_key(self.id)
    }
}

/// The key of an application.
pub fn application_key(id: ApplicationId) -> Key {
    Key::new(id, Application::KIND)
}

impl Item for Candidate {
    type Event = Never;
    const KIND: &'static str = "candidate";

    fn key(&self) -> Key {
        candidate_key(self.account)
    }
}

/// The key of an account that applied.
pub fn candidate_key(account: AccountId) -> Key {
    Key::new(account, Candidate::KIND)
}

impl Item for Likeness {
    type Event = Never;
    const KIND: &'static str = "likeness";

    fn key(&self) -> Key {
        likeness_key(&self.mark)
    }
}

/// The key of applications of one mark.
pub fn likeness_key(mark: &str) -> Key {
    Key::new(format!("{}#{mark}", Likeness::KIND), Likeness::KIND)
}

impl Item for Test {
    type Event = Never;
    const KIND: &'static str = "test";

    fn key(&self) -> Key {
        test_key(self.id)
    }
}

/// The key of a test.
pub fn test_key(id: TestId) -> Key {
    Key::new(BANK, format!("{}#{id}", Test::KIND))
}

impl Item for Part {
    type Event = Never;
    const KIND: &'static str = "questions";

    fn key(&self) -> Key {
        Key::new(self.test, format!("{}{:02}", parts_of(self.edition), self.part))
    }
}

/// How the sort keys of an edition's parts begin.
fn parts_of(edition: u32) -> String {
    format!("{}#{edition:06}#", Part::KIND)
}

/// A page of the bank after `cursor`.
pub async fn tests<R>(
    hiring: &TableReader,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Test>>, Failure<R>> {
    hiring.list(&List::collection::<Test>(BANK), limit, cursor).await
}

/// The questions of an edition, in their order.
pub async fn questions(hiring: &TableReader, test: TestId, edition: u32) -> Result<Vec<Question>, Error> {
    let list = List::collection::<Part>(test).prefix(parts_of(edition));
    let (mut questions, mut cursor) = (Vec::new(), None);
    loop {
        let page = hiring.list::<Part, Infallible>(&list, PARTS_PAGE, cursor.as_ref()).await?;
        questions.extend(page.items.into_iter().flat_map(|part| part.value.questions));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(questions);
        }
    }
}

/// The questions of a candidate's paper, in its order.
pub async fn drawn(hiring: &TableReader, test: TestId, paper: &Paper) -> Result<Vec<Question>, Error> {
    let questions = questions(hiring, test, paper.edition).await?;
    let drawn = paper.questions.iter().map(|number| questions.get(usize::from(*number)).cloned());
    let whole: Option<Vec<Question>> = drawn.collect();
    whole.ok_or_else(|| Error::broken(format!("edition {} of {test} lacks questions", paper.edition)))
}

/// An application of `candidate`; anybody else's is not found.
pub async fn application_of<R>(
    hiring: &TableReader,
    candidate: AccountId,
    id: ApplicationId,
) -> Result<Stored<Application>, Failure<R>> {
    let application = hiring.get::<Application>(&application_key(id)).await.map_err(Failure::Failed)?;
    application
        .filter(|application| application.value.candidate == candidate)
        .ok_or_else(http::not_found)
}

/// A page of the applications of a state after `cursor`, the oldest first.
pub async fn applications<R>(
    hiring: &TableReader,
    state: State,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Application>>, Failure<R>> {
    hiring.list(&List::index(BY_STATE, state.name()), limit, cursor).await
}

/// Moves an application on as `step` says, on the application as it stands then; `None` leaves it as it is.
pub async fn advance(
    hiring: &Table,
    id: ApplicationId,
    step: impl Fn(&Application) -> Option<(Application, Vec<ApplicationEvent>)>,
) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Application>>| {
        let next = found.and_then(|found| step(&found.value));
        Ok(next.map_or(Decision::Keep, |(application, events)| Decision::To(application, events)))
    };
    hiring.advance(&application_key(id), decide).await
}

/// The account as it applied before, with its latest application.
pub async fn applied_before(
    hiring: &TableReader,
    account: AccountId,
) -> Result<Option<(Stored<Candidate>, Application)>, Error> {
    let Some(candidate) = hiring.get::<Candidate>(&candidate_key(account)).await? else {
        return Ok(None);
    };
    let latest = hiring.get::<Application>(&application_key(candidate.value.latest)).await?;
    let latest = latest.ok_or_else(|| Error::broken(format!("{account} has an application that is not there")))?;
    Ok(Some((candidate, latest.value)))
}

/// The mark to stand under, with those that stand there: one from before the key's rotation, if somebody does.
pub async fn likeness(hiring: &TableReader, marks: &[String]) -> Result<(String, Option<Stored<Likeness>>), Error> {
    for mark in marks {
        if let Some(alike) = hiring.get::<Likeness>(&likeness_key(mark)).await? {
            return Ok((mark.clone(), Some(alike)));
        }
    }
    let mark = marks.first().ok_or_else(|| Error::broken("a person has no mark"))?;
    Ok((mark.clone(), None))
}

/// Writes a new application, makes it its account's latest, and puts it beside those that are like it. `false`:
/// something changed meanwhile, and nothing was written.
pub async fn insert(
    hiring: &Table,
    (application, events): (&Application, Vec<ApplicationEvent>),
    (before, candidate): (Option<&Stored<Candidate>>, &Candidate),
    (mark, alike): (String, Option<&Stored<Likeness>>),
) -> Result<bool, Error> {
    let (id, account) = (application.id, application.candidate);
    let likeness = alike.map_or_else(|| Likeness::new(mark), |alike| alike.value.clone()).with(id, account);
    let transaction = hiring.transaction().create(application, events);
    let transaction = transaction.write(before, candidate, Vec::new()).write(alike, &likeness, Vec::new());
    Ok(matches!(transaction.commit().await?, Commit::Done))
}
