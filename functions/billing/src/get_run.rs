//! Staff look at a weekly run: what it came to, and how its payouts stand.
//!
//! Called by a manager or an auditor. The totals are exact; the list of payouts, by worker and page by page, may be a
//! moment behind.

use crate::calendar::Period;
use crate::payout::{Payout, Standing, State};
use crate::run::Run;
use crate::store::{payouts, run_key, tallies};
use crate::totals::{Totals, totals};
use kernel::{AccountId, Count, Cursor, Money, Page, PayoutId, Timestamp};
use platform::http::{self, Overseer, Path, Query};
use platform::{Failure, Function, Stored, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// How many payouts a page has unless asked otherwise.
const LIMIT: u32 = 50;

/// Which payouts to list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Those that stand like this; those that failed if it is not given.
    #[serde(default)]
    pub state: Option<Standing>,
    /// The most payouts on a page; 50 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// A run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunView {
    /// The week.
    pub period: Period,
    /// What was entered from then on belongs to a later week.
    pub cut_off: Timestamp,
    /// When it began.
    pub begun_at: Timestamp,
    /// When everybody was looked at; not there while it is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// What it came to so far, by currency.
    pub totals: Vec<Totals>,
    /// A page of its payouts.
    pub payouts: Page<PayoutView>,
}

/// A payout.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PayoutView {
    /// Names it.
    pub id: PayoutId,
    /// Who is paid.
    pub worker: AccountId,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub state: Standing,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// Why it failed, in the provider's word or ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `GET /v1/runs/{period}`
pub fn function() -> Function {
    http::get("/v1/runs/{period}", get_run)
}

/// Reads the run, what its parts came to, and a page of its payouts.
pub async fn get_run(
    _: Overseer,
    Path(period): Path<Period>,
    Query(which): Query<Which>,
    billing: TableReader,
) -> Result<http::Ok<RunView>, Failure<Infallible>> {
    let run = billing.get::<Run>(&run_key(period)).await?.ok_or_else(http::not_found)?.value;
    let list = payouts(period, which.state.unwrap_or(Standing::Failed));
    let limit = which.limit.map_or(LIMIT, Count::get);
    let page = billing.list::<Payout, Infallible>(&list, limit, which.cursor.as_ref()).await?;
    let body = RunView {
        period,
        cut_off: run.cut_off,
        begun_at: run.begun_at,
        finished_at: run.finished_at,
        totals: totals(tallies(&billing, period).await?),
        payouts: page.map(view),
    };
    Ok(http::Ok { version: None, body })
}

fn view(payout: Stored<Payout>) -> PayoutView {
    let (payout, state) = (&payout.value, payout.value.standing());
    let reason = match &payout.state {
        State::Failed { reason, .. } => Some(reason.clone()),
        State::Planned | State::Sending { .. } | State::Pending { .. } | State::Paid { .. } => None,
    };
    let Payout { id, worker, amount, attempt, .. } = *payout;
    PayoutView { id, worker, amount, state, attempt, reason }
}
