//! How balances and statements look to those who may see them.

use crate::balance::Balance;
use crate::ledger::{Personal, Side};
use crate::posting::Posting;
use crate::store;
use kernel::{AccountId, Count, Currency, Cursor, Money, Page, Timestamp};
use platform::http::{Sheet, WantsCsv};
use platform::{Failure, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::fmt::Write;

/// How many lines a page of a statement has unless asked otherwise.
const LIMIT: u32 = 100;
/// Later than anything.
const NEVER: i64 = i64::MAX;

/// What a person has or owes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Balances {
    /// Whose.
    pub account: AccountId,
    /// One for each side and currency in which something ever happened.
    pub balances: Vec<BalanceView>,
}

/// One balance.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BalanceView {
    /// As what.
    pub side: Side,
    /// What is there, held or not. Below zero: what is owed.
    pub balance: Money,
    /// What of it is not held.
    pub available: Money,
}

/// Reads what a person has or owes.
pub async fn balances(billing: &TableReader, account: AccountId) -> Result<Balances, Failure<Infallible>> {
    let view = |balance: Balance| {
        let money = |minor| Money::new(minor, balance.currency);
        BalanceView {
            side: balance.side,
            balance: money(balance.available_minor.saturating_add(balance.held_minor)),
            available: money(balance.available_minor),
        }
    };
    let balances = store::balances(billing, account).await?.into_iter().map(view).collect();
    Ok(Balances { account, balances })
}

/// Which part of which statement.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// As what.
    #[schemars(example = Side::Client)]
    pub side: Side,
    /// In which currency; the business's if it is not given.
    #[serde(default)]
    pub currency: Option<String>,
    /// From when; from the beginning if it is not given.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// Until when, this moment excluded; until now if it is not given.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// How to write it; as the header `Accept` says if it is not given.
    #[serde(default)]
    pub format: Option<Format>,
    /// The most lines on a page; 100 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 1000>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// How a statement is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "StatementFormat")]
pub enum Format {
    /// JSON.
    Json,
    /// A sheet with a heading (RFC 4180).
    Csv,
}

/// A line of a statement.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// What kind of fact: `job`, `invoice-paid`, `top-up`, `adjustment`, `payout`, `payout-failed`.
    pub kind: String,
    /// The job, invoice, top-up, adjustment or payout.
    pub about: String,
    /// By how much the balance moved.
    pub amount: Money,
}

/// Reads a page of a person's statement, the newest line first.
pub async fn statement(
    billing: &TableReader,
    owner: AccountId,
    which: Which,
    WantsCsv(accepts_csv): WantsCsv,
    business: Currency,
) -> Result<Sheet<Page<Line>>, Failure<Infallible>> {
    let Which { side, currency, from, until, format, limit, cursor } = which;
    // In a currency that there is not, nothing ever happened.
    let Ok(currency) = currency.map_or(Ok(business), |code| code.parse()) else {
        return Ok(Sheet::Json(Page { items: Vec::new(), next: None }));
    };
    let (from, until) = (from.unwrap_or(Timestamp::from_millis(0)), until.unwrap_or(Timestamp::from_millis(NEVER)));
    if until <= from {
        return Ok(Sheet::Json(Page { items: Vec::new(), next: None }));
    }
    let list = store::postings(Personal { owner, side, currency }, from, until);
    let limit = limit.map_or(LIMIT, Count::get);
    let page = billing.list::<Posting, Infallible>(&list, limit, cursor.as_ref()).await?;
    let page = page.map(|posting| {
        let Posting { at, kind, about, amount, .. } = posting.value;
        Line { at, kind, about, amount }
    });
    Ok(match format.map_or(accepts_csv, |format| format == Format::Csv) {
        true => Sheet::Csv { text: sheet(&page.items), next: page.next },
        false => Sheet::Json(page),
    })
}

/// Nothing that stands in a line needs quotation marks.
fn sheet(lines: &[Line]) -> String {
    let mut text = "at,kind,about,amount_minor,currency\r\n".to_owned();
    for Line { at, kind, about, amount } in lines {
        // Writing to a text cannot fail.
        write!(text, "{at},{kind},{about},{},{}\r\n", amount.amount_minor, amount.currency).unwrap_or_default();
    }
    text
}
