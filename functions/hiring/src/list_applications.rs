//! A manager looks through the applications of a state.
//!
//! Called by a manager; the oldest first, in pages. Beside each stand the applications of other accounts with the same
//! name and day of birth, whichever came first. The list may be a moment behind.

use crate::application::{Application, State};
use crate::likeness::Likeness;
use crate::person::Person;
use crate::store;
use crate::view::SittingView;
use kernel::{AccountId, ApplicationId, Count, Cursor, Page, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, Query, Staff};
use platform::{Failure, Function, Key, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListApplications {
    /// Of which state; `received` if it is not given.
    #[serde(default)]
    pub state: Option<State>,
    /// The most applications on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 50>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// An application as managers see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CandidateView {
    /// Names it.
    pub id: ApplicationId,
    /// Whose it is.
    pub candidate: AccountId,
    /// How far it is.
    pub state: State,
    /// When it came.
    pub applied_at: Timestamp,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// The tests, in the order in which they were assigned.
    pub tests: Vec<SittingView>,
    /// Who applied. Absent once it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// Applications of other accounts that look like the same person's, oldest first.
    pub alike: Vec<ApplicationId>,
}

/// `GET /v1/applications`
pub fn function() -> Function {
    http::get("/v1/applications", list_applications)
}

/// Reads one page of applications, and what is like them.
pub async fn list_applications(
    _: Staff<Manager>,
    Query(query): Query<ListApplications>,
    hiring: TableReader,
) -> Result<http::Ok<Page<CandidateView>>, Failure<Infallible>> {
    let (state, limit) = (query.state.unwrap_or(State::Received), query.limit.map_or(20, Count::get));
    let page = store::applications(&hiring, state, limit, query.cursor.as_ref()).await?;
    let marks = page.items.iter().filter_map(|application| application.value.likeness.as_deref());
    let keys: Vec<Key> = marks.collect::<BTreeSet<_>>().into_iter().map(store::likeness_key).collect();
    let alike: Vec<Likeness> = hiring.get_each(&keys).await?;
    let alike: BTreeMap<&str, &Likeness> = alike.iter().map(|alike| (alike.mark.as_str(), alike)).collect();
    let body = page.map(|application| {
        let mark = application.value.likeness.as_deref();
        let others = mark.and_then(|mark| alike.get(mark)).map(|alike| alike.of_others(application.value.candidate));
        CandidateView::of(application.value, others.unwrap_or_default())
    });
    Ok(http::Ok { version: None, body })
}

impl CandidateView {
    fn of(application: Application, alike: Vec<ApplicationId>) -> Self {
        Self {
            id: application.id,
            candidate: application.candidate,
            state: application.state,
            applied_at: application.applied_at,
            closed_at: application.closed_at,
            tests: application.sittings.into_iter().map(SittingView::of).collect(),
            person: application.person,
            alike,
        }
    }
}
