//! What this context asks of a payment provider, in its own words. A provider is a small adapter of this trait.

use crate::purpose::Purpose;
use kernel::{AccountId, Money, PaymentId, RefundId, Timestamp};
use serde::{Deserialize, Serialize};
use std::future::Future;

/// Declares a name that the provider gives: `reference!(IntentRef, "An intent at the provider.")`.
macro_rules! reference {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// As the provider writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self(name)
            }
        }
    };
}

reference!(IntentRef, "An intent to pay at the provider.");
reference!(RefundRef, "A refund at the provider.");
reference!(PayerRef, "An account of ours at the provider: whom saved methods belong to there.");
reference!(MethodRef, "A payment method at the provider.");

/// Lets whoever has it pay one intent. Told to its customer only: neither stored nor logged.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// As the provider gave it.
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// To tell it to its customer.
    pub fn reveal(self) -> String {
        self.0
    }
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret")
    }
}

/// An intent to be created. Sent again it must be the very same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewIntent<'i> {
    /// Our id of it: the provider's idempotency key, and in its metadata.
    pub payment: PaymentId,
    /// What is paid, in its metadata.
    pub purpose: Purpose,
    /// How much.
    pub amount: Money,
    /// Whose saved method pays, or whom the method is saved for.
    pub payer: Option<&'i PayerRef>,
    /// Whether the method is kept for charges while the customer is away.
    pub save: bool,
}

/// An intent as the provider sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Intent {
    /// Its name there.
    pub id: IntentRef,
    /// Our id of it; none if it is not of our making.
    pub payment: Option<PaymentId>,
    /// What it pays; none if it is not of our making.
    pub purpose: Option<Purpose>,
    /// How far it is.
    pub status: IntentStatus,
    /// For its customer. Events do not always carry it.
    pub secret: Option<ClientSecret>,
}

/// How far an intent is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IntentStatus {
    /// It waits for a method, or to be charged again.
    Open {
        /// Why the last charge was declined, if there was one.
        declined: Option<String>,
    },
    /// The bank wants to see the customer.
    ActionRequired,
    /// A charge is under way.
    Processing,
    /// The money came: so much.
    Captured(Money),
    /// It cannot be paid any more.
    Cancelled,
}

/// A refund to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRefund<'r> {
    /// Our id of it, in its metadata.
    pub refund: RefundId,
    /// What was paid.
    pub purpose: Purpose,
    /// What it gives back.
    pub intent: &'r IntentRef,
    /// How much.
    pub amount: Money,
    /// How often the provider turned out not to know of it: each time begins a new idempotency key.
    pub tries: u32,
}

/// A refund as the provider sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundNews {
    /// Its name there.
    pub id: RefundRef,
    /// Our id of it; none if somebody made it there.
    pub refund: Option<RefundId>,
    /// What was paid; none if somebody made it there.
    pub purpose: Option<Purpose>,
    /// What it gives back.
    pub intent: Option<IntentRef>,
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub status: RefundStatus,
    /// When it was made there.
    pub made_at: Timestamp,
}

/// How far a refund is at the provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RefundStatus {
    /// Under way.
    Pending,
    /// Done.
    Done,
    /// Failed, and why.
    Failed(String),
}

/// A book of the provider's about money that moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Book {
    /// What was charged.
    Charges,
    /// What was given back.
    Refunds,
}

/// A stretch of time, in whole seconds: from one moment until another, which is excluded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment behind it.
    pub until: Timestamp,
}

/// An entry of a book.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry {
    /// Money that came for something of ours.
    Charge(Taken),
    /// A refund of something of ours: its purpose and intent are known.
    Refund(RefundNews),
    /// A charge of ours that brought no money (yet).
    Idle,
    /// Somebody else's who uses the same account there.
    Foreign,
}

/// Money that came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// The intent that was charged.
    pub intent: IntentRef,
    /// Our id of it.
    pub payment: PaymentId,
    /// What is paid.
    pub purpose: Purpose,
    /// How much.
    pub amount: Money,
}

/// A page of a book, the newest entries first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BookPage {
    /// What is on it.
    pub entries: Vec<Entry>,
    /// The provider's name of the last entry, behind which the next page begins; none on the last page.
    pub next: Option<String>,
}

/// Why there is no result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// No answer, or none that says whether it was done. It may have been.
    Unknown(String),
    /// The provider will not do it; it was not done.
    Refused {
        /// Its word for why.
        code: String,
    },
    /// The provider has no such thing.
    Missing,
    /// We asked wrongly: a bad key, a bad request. A person must look.
    Broken(String),
}

/// A provider of payments. Everything may be asked again: what has an id of ours happens once.
pub trait PaymentProvider: Send + Sync {
    /// Creates an intent, which by itself moves no money.
    fn open(&self, intent: &NewIntent<'_>) -> impl Future<Output = Result<Intent, Trouble>> + Send;

    /// The intent that carries our id. A new one may not be found for some minutes.
    fn find(&self, payment: PaymentId) -> impl Future<Output = Result<Option<Intent>, Trouble>> + Send;

    /// How an intent stands.
    fn ask(&self, intent: &IntentRef) -> impl Future<Output = Result<Intent, Trouble>> + Send;

    /// Charges a saved method while its owner is away.
    fn charge(
        &self,
        payment: PaymentId,
        intent: &IntentRef,
        method: &MethodRef,
    ) -> impl Future<Output = Result<Intent, Trouble>> + Send;

    /// Cancels an intent, unless the money came first: its status says which.
    fn cancel(&self, intent: &IntentRef) -> impl Future<Output = Result<Intent, Trouble>> + Send;

    /// Gives money back.
    fn refund(&self, refund: &NewRefund<'_>) -> impl Future<Output = Result<RefundNews, Trouble>> + Send;

    /// Every refund of an intent, as it is now.
    fn refunds(&self, intent: &IntentRef) -> impl Future<Output = Result<Vec<RefundNews>, Trouble>> + Send;

    /// A page of what moved within `span`, behind the entry `after`.
    fn list(
        &self,
        book: Book,
        span: Span,
        after: Option<&str>,
    ) -> impl Future<Output = Result<BookPage, Trouble>> + Send;

    /// Creates the account's counterpart, for saved methods.
    fn enrol(&self, account: AccountId) -> impl Future<Output = Result<PayerRef, Trouble>> + Send;

    /// The account behind a counterpart; none if it is not of our making.
    fn account_of(&self, payer: &PayerRef) -> impl Future<Output = Result<Option<AccountId>, Trouble>> + Send;

    /// Forgets a saved method. It is no failure if it was forgotten before.
    fn forget(&self, method: &MethodRef) -> impl Future<Output = Result<(), Trouble>> + Send;
}
