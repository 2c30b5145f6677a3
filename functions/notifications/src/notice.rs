//! What a person is told: the facts of one notification. Pure. How pressing they are stands in [`crate::pressing`].
//!
//! Facts hold ids, amounts and times, never a name or an address: those are read at their owner when a message is
//! sent. A code is sealed by its issuer, and opened only while the letter is written.

use crate::channel::Channel;
use contracts::identity::CodePurpose;
use contracts::payments::Unpaid;
use kernel::{ApplicationId, DeviceId, EndpointId, InvoiceId, JobId, Money, OrderId, RequestId, TestId, Timestamp};
use serde::{Deserialize, Serialize};

/// The facts of one notification. Its name is that of its template.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Notice {
    /// The goods are set aside; the order waits for its payment.
    OrderReserved {
        /// The order.
        order: OrderId,
        /// What is to be paid.
        total: Money,
        /// Until when.
        pay_until: Timestamp,
    },
    /// There was not enough of something.
    OrderRejected {
        /// The order.
        order: OrderId,
    },
    /// The customer cancelled the order.
    OrderCancelled {
        /// The order.
        order: OrderId,
    },
    /// The order was not paid in time.
    OrderExpired {
        /// The order.
        order: OrderId,
    },
    /// The order is paid: the receipt.
    OrderPaid {
        /// The order.
        order: OrderId,
        /// What was paid.
        total: Money,
    },
    /// The goods are on their way.
    OrderShipped {
        /// The order.
        order: OrderId,
        /// The carrier's number, as staff wrote it.
        tracking: Option<String>,
    },
    /// The goods arrived.
    OrderDelivered {
        /// The order.
        order: OrderId,
    },
    /// Goods came back.
    OrderReturned {
        /// The order.
        order: OrderId,
        /// How many pieces.
        pieces: u64,
        /// What will be refunded.
        refund: Money,
    },
    /// Money was given back.
    OrderRefunded {
        /// The order.
        order: OrderId,
        /// How much.
        amount: Money,
    },
    /// A payment did not go through.
    PaymentFailed {
        /// The order.
        order: OrderId,
    },
    /// A refund did not go through; staff see to it.
    RefundFailed {
        /// The order.
        order: OrderId,
        /// How much is still owed.
        amount: Money,
    },
    /// A worker was found for a request.
    RequestMatched {
        /// The request.
        request: RequestId,
        /// When the worker comes.
        from: Timestamp,
    },
    /// Nobody can do a request yet.
    RequestWaiting {
        /// The request.
        request: RequestId,
    },
    /// Nobody was found for a request in time.
    RequestUnmatched {
        /// The request.
        request: RequestId,
    },
    /// The worker did not come; the client may have another time.
    RequestMissed {
        /// The request.
        request: RequestId,
    },
    /// A worker has a job.
    JobCreated {
        /// The job.
        job: JobId,
        /// When it begins.
        from: Timestamp,
    },
    /// The client cancelled a worker's job.
    JobCancelled {
        /// The job.
        job: JobId,
    },
    /// A client is to pay for a week.
    InvoiceIssued {
        /// The invoice.
        invoice: InvoiceId,
        /// How much.
        amount: Money,
        /// The Sunday that ends the week.
        period: String,
        /// Until when.
        pay_until: Timestamp,
    },
    /// An invoice could not be charged: the client is to pay it.
    InvoiceUnpaid {
        /// The invoice.
        invoice: InvoiceId,
        /// How much.
        amount: Money,
        /// Why.
        because: Unpaid,
    },
    /// A worker was paid for a week.
    PayoutPaid {
        /// How much.
        amount: Money,
        /// The Sunday that ends the week.
        period: String,
    },
    /// A worker's payout did not go through.
    PayoutFailed {
        /// How much.
        amount: Money,
        /// The Sunday that ends the week.
        period: String,
    },
    /// Staff gave the person something.
    AccountCredited {
        /// How much.
        amount: Money,
    },
    /// Staff took something off the person's account.
    AccountFined {
        /// How much, above zero.
        amount: Money,
    },
    /// A card was saved for later payments.
    PaymentMethodSaved,
    /// A saved card was removed.
    PaymentMethodRemoved,
    /// A request is offered to a worker.
    OfferMade {
        /// When the job would begin.
        from: Timestamp,
        /// Until when it can be accepted.
        accept_until: Timestamp,
    },
    /// A one-time code.
    Code {
        /// Where it goes, and nowhere else: it proves that this address is the person's.
        to: Channel,
        /// What it is for.
        purpose: CodePurpose,
        /// The code, sealed.
        sealed: String,
        /// From when on it is good for nothing.
        expires_at: Timestamp,
    },
    /// Too many wrong passwords.
    AccountLocked {
        /// Until when nobody can sign in.
        until: Timestamp,
    },
    /// All sessions were ended.
    SessionsRevoked {
        /// Why, a short word of identity's: `token-reuse`, `password-changed`.
        reason: String,
    },
    /// The account may do other things than before.
    RolesChanged {
        /// What it is now.
        roles: Vec<String>,
    },
    /// A candidate is to take a test.
    TestAssigned {
        /// The application.
        application: ApplicationId,
        /// The test.
        test: TestId,
        /// Until when it is to be begun.
        begin_until: Timestamp,
    },
    /// A candidate was hired.
    WorkerHired,
    /// A candidate was not hired.
    ApplicationRejected,
    /// Readings of a device call for attention, as the person wished to be told. What they are is the person's to look at.
    ReadingsAlert {
        /// The device.
        device: DeviceId,
        /// When that was clear.
        raised_at: Timestamp,
    },
    /// A device that was sending readings is silent, as the person wished to be told.
    DeviceSilent {
        /// The device.
        device: DeviceId,
        /// The moment of its latest reading, or nearly.
        since: Timestamp,
    },
    /// A planned training session begins soon.
    SessionDue {
        /// What it is called.
        title: String,
        /// When it begins.
        begins_at: Timestamp,
    },
    /// A partner's endpoint gets no more webhooks until it is enabled again.
    EndpointDisabled {
        /// The endpoint.
        endpoint: EndpointId,
    },
    /// Several notices that were held back, in one message.
    Digest {
        /// The first of them, oldest first.
        notices: Vec<Notice>,
        /// How many more there are.
        more: u32,
    },
}

impl Notice {
    /// The template's name; also what limits are counted by.
    pub fn name(&self) -> &'static str {
        match self {
            Notice::OrderReserved { .. } => "order-reserved",
            Notice::OrderRejected { .. } => "order-rejected",
            Notice::OrderCancelled { .. } => "order-cancelled",
            Notice::OrderExpired { .. } => "order-expired",
            Notice::OrderPaid { .. } => "order-paid",
            Notice::OrderShipped { .. } => "order-shipped",
            Notice::OrderDelivered { .. } => "order-delivered",
            Notice::OrderReturned { .. } => "order-returned",
            Notice::OrderRefunded { .. } => "order-refunded",
            Notice::PaymentFailed { .. } => "payment-failed",
            Notice::RefundFailed { .. } => "refund-failed",
            Notice::RequestMatched { .. } => "request-matched",
            Notice::RequestWaiting { .. } => "request-waiting",
            Notice::RequestUnmatched { .. } => "request-unmatched",
            Notice::RequestMissed { .. } => "request-missed",
            Notice::JobCreated { .. } => "job-created",
            Notice::JobCancelled { .. } => "job-cancelled",
            Notice::InvoiceIssued { .. } => "invoice-issued",
            Notice::InvoiceUnpaid { .. } => "invoice-unpaid",
            Notice::PayoutPaid { .. } => "payout-paid",
            Notice::PayoutFailed { .. } => "payout-failed",
            Notice::AccountCredited { .. } => "account-credited",
            Notice::AccountFined { .. } => "account-fined",
            Notice::PaymentMethodSaved => "payment-method-saved",
            Notice::PaymentMethodRemoved => "payment-method-removed",
            Notice::OfferMade { .. } => "offer-made",
            Notice::Code { .. } => "code",
            Notice::AccountLocked { .. } => "account-locked",
            Notice::SessionsRevoked { .. } => "sessions-revoked",
            Notice::RolesChanged { .. } => "roles-changed",
            Notice::TestAssigned { .. } => "test-assigned",
            Notice::WorkerHired => "worker-hired",
            Notice::ApplicationRejected => "application-rejected",
            Notice::ReadingsAlert { .. } => "readings-alert",
            Notice::DeviceSilent { .. } => "device-silent",
            Notice::SessionDue { .. } => "session-due",
            Notice::EndpointDisabled { .. } => "endpoint-disabled",
            Notice::Digest { .. } => "digest",
        }
    }

    /// A digest of these notices, oldest first, and of `unread` more. It shows at most `shown`; a digest that is among
    /// them is taken apart.
    pub fn digest(notices: Vec<Notice>, unread: usize, shown: usize) -> Notice {
        let mut more = u32::try_from(unread).unwrap_or(u32::MAX);
        let mut flat = Vec::with_capacity(notices.len());
        for notice in notices {
            match notice {
                Notice::Digest { notices, more: within } => {
                    more = more.saturating_add(within);
                    flat.extend(notices);
                }
                notice => flat.push(notice),
            }
        }
        let hidden = flat.split_off(flat.len().min(shown)).len();
        Notice::Digest {
            notices: flat,
            more: more.saturating_add(u32::try_from(hidden).unwrap_or(u32::MAX)),
        }
    }
}
