//! One notice of each kind, as real as can be.

use contracts::identity::CodePurpose;
use kernel::{Currency, Money, OrderId, Timestamp};
use notifications::channel::Channel;
use notifications::notice::Notice;

/// A point in time.
pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The order that samples are about.
pub const ORDER: OrderId = OrderId::from_bits(0x0190_5f2e_77aa_4c1d_8e21_9b3f_5c7d_1a42);

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
        Notice::PaymentMethodSaved,
        Notice::PaymentMethodRemoved,
        Notice::Code {
            to: Channel::Email,
            purpose: CodePurpose::VerifyContact,
            sealed: "sealed".to_owned(),
            expires_at: time("2026-01-05T08:10:00Z"),
        },
        Notice::AccountLocked { until: time("2026-01-05T08:30:00Z") },
        Notice::SessionsRevoked { reason: "token-reuse".to_owned() },
        Notice::RolesChanged { roles: vec!["customer".to_owned(), "manager".to_owned()] },
        Notice::Digest {
            notices: vec![
                Notice::OrderDelivered { order },
                Notice::OrderRefunded { order, amount: pounds(510) },
            ],
            more: 3,
        },
    ]
}
