//! The words every context speaks: money, ids, time, principals, bounded values and problems.
//!
//! Nothing here knows AWS, async, a clock or randomness: time and ids come in as arguments.

pub mod bounded;
pub mod digest;
pub mod id;
pub mod money;
pub mod page;
pub mod principal;
pub mod problem;
pub mod sku;
pub mod time;

pub use bounded::{Count, List, Text};
pub use digest::Digest;
pub use id::{
    AccountId, MessageId, OrderId, PaymentId, PaymentMethodId, RefundId, RequestId, ReturnId, SessionId, SlotId,
};
pub use money::{Currency, Money, MoneyError, TaxRate};
pub use page::{Cursor, Page};
pub use principal::{Principal, Role};
pub use problem::{Problem, ProblemEntry, Refusal};
pub use sku::Sku;
pub use time::Timestamp;
