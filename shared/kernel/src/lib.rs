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
pub mod sport;
pub mod time;
pub mod time_of_day;

pub use bounded::{Count, List, Text};
pub use digest::Digest;
pub use id::{
    AccountId, ActivityFileId, ActivityId, AdjustmentId, AlertId, ApplicationId, BatchId, BreakId, CookieOrderId,
    DeviceId, DrawId, EndpointId, EnrolmentId, ExerciseId, ImportId, InvoiceId, JobId, MessageId, OfferId, OrderId,
    PaymentId, PaymentMethodId, PayoutId, PhotoId, ProgrammeId, PurchaseId, RefundId, RequestId, ReturnId, ServiceId,
    SessionId, SlotId, TestId, TopUpId, WorkoutId,
};
pub use money::{Currency, Money, MoneyError, TaxRate};
pub use page::{Cursor, Page};
pub use place::Place;
pub use principal::{Principal, Role};
pub use problem::{Problem, ProblemEntry, Refusal};
pub use skill::Skills;
pub use sku::Sku;
pub use sport::Sport;
pub use time::Timestamp;
pub use time_of_day::TimeOfDay;
