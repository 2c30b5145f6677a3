//! One notice of each kind, as real as can be.

use contracts::identity::CodePurpose;
use contracts::payments::Unpaid;
use contracts::training::{SessionDue, SessionOf};
use kernel::{
    AccountId, ApplicationId, Currency, DeviceId, EndpointId, EnrolmentId, InvoiceId, JobId, Money, OrderId, RequestId,
    TestId, Timestamp,
};
use notifications::channel::Channel;
use notifications::notice::Notice;

/// A point in time.
pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The order that samples are about.
pub const ORDER: OrderId = OrderId::from_bits(0x0190_5f2e_77aa_4c1d_8e21_9b3f_5c7d_1a42);

/// The request that samples are about.
pub const REQUEST: RequestId = RequestId::from_bits(0x0190_5f2e_77aa_4c1d_8e21_9b3f_5c7d_1a43);

/// The job that samples are about.
pub const JOB: JobId = JobId::from_bits(0x0190_5f2e_77aa_4c1d_8e21_9b3f_5c7d_1a44);

/// A session that begins then.
pub fn session_due(person: AccountId, begins_at: Timestamp) -> SessionDue {
    let enrolment = EnrolmentId::from_bits(27);
    let planned = SessionOf { enrolment, week: 1, session: 1 };
    SessionDue {
        enrolment,
        person,
        planned,
        title: "Intervals".to_owned(),
        begins_at,
    }
}

/// One of each, in the order of their declaration.
pub fn notices() -> Vec<Notice> {
    let (order, pounds) = (ORDER, |minor| Money::new(minor, Currency::GBP));
    let roubles = Money::new(129_900, Currency::RUB);
    vec![
        Notice::OrderReserved {
            order,
            total: roubles,
            pay_until: time("2026-01-05T08:15:00Z"),
        },
        Notice::OrderRejected { order },
        Notice::OrderCancelled { order },
        Notice::OrderExpired { order },
        Notice::OrderPaid { order, total: pounds(1299) },
        Notice::OrderShipped { order, tracking: Some("RB123456785GB".to_owned()) },
        Notice::OrderDelivered { order },
        Notice::OrderReturned { order, pieces: 2, refund: pounds(510) },
        Notice::OrderRefunded { order, amount: pounds(510) },
        Notice::PaymentFailed { order },
        Notice::RefundFailed { order, amount: pounds(510) },
        Notice::RequestMatched { request: REQUEST, from: time("2026-01-06T09:00:00Z") },
        Notice::RequestWaiting { request: REQUEST },
        Notice::RequestUnmatched { request: REQUEST },
        Notice::RequestMissed { request: REQUEST },
        Notice::JobCreated { job: JOB, from: time("2026-01-06T09:00:00Z") },
        Notice::JobCancelled { job: JOB },
        Notice::InvoiceIssued {
            invoice: InvoiceId::from_bits(0x0190_5f2e_77aa_4c1d_8e21_9b3f_5c7d_1a43),
            amount: roubles,
            period: "2026-01-04".to_owned(),
            pay_until: time("2026-01-11T00:00:00Z"),
        },
        Notice::InvoiceUnpaid {
            invoice: InvoiceId::from_bits(0x0190_5f2e_77aa_4c1d_8e21_9b3f_5c7d_1a43),
            amount: roubles,
            because: Unpaid::NoMethod,
        },
        Notice::PayoutPaid { amount: roubles, period: "2026-01-04".to_owned() },
        Notice::PayoutFailed { amount: roubles, period: "2026-01-04".to_owned() },
        Notice::AccountCredited { amount: roubles },
        Notice::AccountFined { amount: roubles },
        Notice::PaymentMethodSaved,
        Notice::PaymentMethodRemoved,
        Notice::OfferMade {
            from: time("2026-01-06T09:00:00Z"),
            accept_until: time("2026-01-05T08:05:00Z"),
        },
        Notice::Code {
            to: Channel::Email,
            purpose: CodePurpose::VerifyContact,
            sealed: "sealed".to_owned(),
            expires_at: time("2026-01-05T08:10:00Z"),
        },
        Notice::AccountLocked { until: time("2026-01-05T08:30:00Z") },
        Notice::SessionsRevoked { reason: "token-reuse".to_owned() },
        Notice::RolesChanged { roles: vec!["customer".to_owned(), "manager".to_owned()] },
        Notice::TestAssigned {
            application: ApplicationId::from_bits(18),
            test: TestId::from_bits(19),
            begin_until: time("2026-01-12T08:00:00Z"),
        },
        Notice::WorkerHired,
        Notice::ApplicationRejected,
        Notice::ReadingsAlert {
            device: DeviceId::from_bits(30),
            raised_at: time("2026-01-05T08:05:00Z"),
        },
        Notice::DeviceSilent {
            device: DeviceId::from_bits(30),
            since: time("2026-01-05T08:05:00Z"),
        },
        Notice::SessionDue {
            title: "Интервалы 4 × 8".to_owned(),
            begins_at: time("2026-01-05T15:00:00Z"),
        },
        Notice::EndpointDisabled {
            endpoint: EndpointId::from_bits(0x0190_5f2e_77aa_4c1d_8e21_9b3f_5c7d_1a45),
        },
        Notice::Digest {
            notices: vec![
                Notice::OrderDelivered { order },
                Notice::OrderRefunded { order, amount: pounds(510) },
            ],
            more: 3,
        },
    ]
}
