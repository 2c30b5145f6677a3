//! The items of the payments table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Payment`] | `ord_…`, `inv_…` or `top_…` | `payment` |
//! | [`Payable`], a replica | `ord_…` | `payable` |
//! | [`Payer`] | `acc_…` | `payer` |
//! | [`SavedMethod`] | `acc_…` | `method#pmt_…` |
//! | [`WebhookEvent`] | `webhook#<event>` | `webhook` |
//! | [`Comparison`] | `comparison` | `comparison#<day>` |
//! | [`Sheet`] of a comparison | `sheet#<day>` | `sheet#<page>` |
//! | [`Break`] | `brk_…` | `break` |
//!
//! The index `by-due` (`waiting`, `due`; keys only) holds what waits for the provider and nothing else, so that the
//! sweeper reads what it has to look at instead of everything that was ever paid. A payment enters it when an attempt
//! starts and leaves it when the attempt ends: two write units. Breaks are in it too: the open ones, which wait for a
//! manager, and in a partition of their own the closed ones.
//!
//! The index `by-day` (`moved_on`, `order`; keys only) holds the payments whose money moved, by the day on which it
//! moved last: one write unit when money comes, two more when it moves on a later day.

use crate::comparison::{Comparison, Sheet};
use crate::day::Day;
use crate::discrepancy::{self, Break, BreakEvent};
use crate::method::{MethodEvent, SavedMethod};
use crate::payable::Payable;
use crate::payment::{Next, Payment, PaymentEvent};
use crate::provider::PayerRef;
use crate::purpose::Purpose;
use kernel::{AccountId, BreakId, Cursor, OrderId, Page, PaymentMethodId, Timestamp};
use platform::{BY_DUE, Decision, Error, Failure, Index, Item, Key, List, Never, Stored, Table, TableReader};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;

/// Lists the payments whose money moved last on a day.
pub const BY_DAY: Index = Index { name: "by-day", partition: "moved_on", sort: "order" };

/// How many payments of a day, and how many open breaks, are gone through at a time: each of these may be asked about.
const MOVED_PAGE: u32 = 50;
const BREAK_PAGE: u32 = 20;
/// How many saved methods are read at a time.
const METHOD_PAGE: u32 = 50;
/// More pages than anybody has saved methods, removed ones included.
const MAX_METHOD_PAGES: usize = 10;
/// How long a webhook that was dealt with is remembered: longer than Stripe repeats it.
const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);

impl Item for Payment {
    type Event = PaymentEvent;
    const KIND: &'static str = "payment";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        payment_key(self.purpose)
    }
}

/// The key of the payment of something.
pub fn payment_key(purpose: impl Into<Purpose>) -> Key {
    Key::new(purpose.into(), Payment::KIND)
}

impl Item for Payable {
    type Event = Never;
    const KIND: &'static str = "payable";

    fn key(&self) -> Key {
        payable_key(self.order)
    }
}

/// The key of the replica of an order.
pub fn payable_key(order: OrderId) -> Key {
    Key::new(order, Payable::KIND)
}

impl Item for SavedMethod {
    type Event = MethodEvent;
    const KIND: &'static str = "method";

    fn key(&self) -> Key {
        method_key(self.account, self.id)
    }
}

/// The key of an account's saved method.
pub fn method_key(account: AccountId, id: PaymentMethodId) -> Key {
    Key::new(account, format!("{}#{id}", SavedMethod::KIND))
}

/// The saved methods of an account.
pub fn methods_of(account: AccountId) -> List {
    List::collection::<SavedMethod>(account)
}

/// The saved methods of an account, all in one: as many as anybody ever saved.
pub async fn all_methods(payments: &TableReader, account: AccountId) -> Result<Vec<SavedMethod>, Error> {
    let (mut methods, mut cursor) = (Vec::new(), None);
    for _ in 0..MAX_METHOD_PAGES {
        let page = payments.list::<SavedMethod, Infallible>(&methods_of(account), METHOD_PAGE, cursor.as_ref()).await?;
        methods.extend(page.items.into_iter().map(|method| method.value));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(methods)
}

/// Lets `decide` say what becomes of a payment, on the payment as it stands, and stores that. Returns it as it
/// stands then; none if there is none.
pub async fn change_payment(
    payments: &Table,
    purpose: impl Into<Purpose>,
    mut decide: impl FnMut(Option<&Payment>) -> Result<Option<Next>, Error>,
) -> Result<Option<Stored<Payment>>, Error> {
    let decide = |found: Option<&Stored<Payment>>| {
        let next = decide(found.map(|found| &found.value)).map_err(Failure::Failed)?;
        Ok(next.map_or(Decision::Keep, |(payment, events)| Decision::To(payment, events)))
    };
    payments.change::<Payment, Infallible>(&payment_key(purpose), decide).await.map_err(Error::from)
}

/// An account's counterpart at the provider.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payer {
    /// The account.
    pub account: AccountId,
    /// Its name there.
    pub payer: PayerRef,
}

impl Item for Payer {
    type Event = Never;
    const KIND: &'static str = "payer";

    fn key(&self) -> Key {
        payer_key(self.account)
    }
}

/// The key of an account's counterpart.
pub fn payer_key(account: AccountId) -> Key {
    Key::new(account, Payer::KIND)
}

/// A webhook that was dealt with. Written once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WebhookEvent {
    /// The provider's name of the event.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// When it came first.
    pub at: Timestamp,
    /// What it was about and whose payment that was, if nobody here knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orphan: Option<String>,
    /// When it may be forgotten, in seconds since 1970. An orphan never is: somebody may have paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

impl WebhookEvent {
    /// The event `id` of type `kind`, dealt with now.
    pub fn new(id: String, kind: String, orphan: Option<String>, at: Timestamp) -> Self {
        let expires_at = orphan.is_none().then(|| at.after(REMEMBERED).as_seconds());
        Self { id, kind, at, orphan, expires_at }
    }
}

impl Item for WebhookEvent {
    type Event = Never;
    const KIND: &'static str = "webhook";

    fn key(&self) -> Key {
        webhook_key(&self.id)
    }
}

/// The key of a webhook.
pub fn webhook_key(id: &str) -> Key {
    Key::new(format!("webhook#{id}"), WebhookEvent::KIND)
}

/// The collection of all comparisons.
const COMPARISONS: &str = "comparison";

impl Item for Comparison {
    type Event = Never;
    const KIND: &'static str = "comparison";

    fn key(&self) -> Key {
        comparison_key(self.day)
    }
}

/// The key of the comparison of a day.
pub fn comparison_key(day: Day) -> Key {
    Key::new(COMPARISONS, format!("{}#{day}", Comparison::KIND))
}

/// The comparison of the latest day that one was begun of.
pub async fn latest_comparison(payments: &TableReader) -> Result<Option<Stored<Comparison>>, Error> {
    let list = List::collection::<Comparison>(COMPARISONS).newest_first();
    let page = payments.list::<Comparison, Infallible>(&list, 1, None).await?;
    Ok(page.items.into_iter().next())
}

impl Item for Sheet {
    type Event = Never;
    const KIND: &'static str = "sheet";

    fn key(&self) -> Key {
        Key::new(sheets_of(self.day), format!("{}#{:08}", Sheet::KIND, self.page))
    }
}

fn sheets_of(day: Day) -> String {
    format!("{}#{day}", Sheet::KIND)
}

/// What the provider listed for the comparison of a day: as many as it took pages.
pub async fn sheets(payments: &TableReader, day: Day) -> Result<Vec<Sheet>, Error> {
    payments.collection(sheets_of(day)).await
}

/// A page of the payments whose money moved last on a day.
pub async fn moved(payments: &TableReader, day: Day, cursor: Option<&Cursor>) -> Result<Page<Stored<Payment>>, Error> {
    payments
        .list::<Payment, Infallible>(&List::index(BY_DAY, day), MOVED_PAGE, cursor)
        .await
        .map_err(Error::from)
}

impl Item for Break {
    type Event = BreakEvent;
    const KIND: &'static str = "break";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        break_key(self.id)
    }
}

/// The key of a break.
pub fn break_key(id: BreakId) -> Key {
    Key::new(id, Break::KIND)
}

/// The breaks that are open, the oldest first.
pub fn open_breaks() -> List {
    List::index(BY_DUE, discrepancy::OPEN)
}

/// The breaks that are closed, the newest first.
pub fn closed_breaks() -> List {
    List::index(BY_DUE, discrepancy::CLOSED).newest_first()
}

/// A page of the breaks that are open.
pub async fn still_open(payments: &TableReader, cursor: Option<&Cursor>) -> Result<Page<Stored<Break>>, Error> {
    payments.list::<Break, Infallible>(&open_breaks(), BREAK_PAGE, cursor).await.map_err(Error::from)
}
