//! The words every context speaks: money, ids, time, principals, bounded values and problems.
//!
//! Nothing here knows AWS, async, a clock or randomness: time and ids come in as arguments.

pub mod bounded;
pub mod csv;
pub mod digest;
pub mod id;
pub mod money;
pub mod page;
pub mod place;
pub mod principal;
pub mod problem;
pub mod skill;
pub mod sku;
pub mod time;

pub use bounded::{Count, List, Text};
pub use digest::Digest;
pub use id::{
    AccountId, AdjustmentId, ApplicationId, CookieOrderId, DrawId, EndpointId, ImportId, InvoiceId, JobId, MessageId,
    OfferId, OrderId, PaymentId, PaymentMethodId, PayoutId, PhotoId, PurchaseId, RefundId, RequestId, ReturnId,
    ServiceId, SessionId, SlotId, TestId, TopUpId,
};
pub use money::{Currency, Money, MoneyError, TaxRate};
pub use page::{Cursor, Page};
pub use place::Place;
pub use principal::{Principal, Role};
pub use problem::{Problem, ProblemEntry, Refusal};
pub use skill::Skills;
pub use sku::Sku;
pub use time::Timestamp;
