//! The payment of something onto a balance. Pure.

use crate::attempt::{Attempt, Way};
use crate::invoice::TIME_TO_PAY;
use crate::payment::{Next, Payment, Wish};
use kernel::id::Id;
use kernel::{AccountId, Currency, Digest, Money, PaymentId, Timestamp, TopUpId};
use platform::Figure;

/// The least, in whole units of the currency, such as roubles.
const LEAST: i64 = 1;
/// The most, in whole units of the currency.
const MOST: i64 = 500_000;

/// The currency of the business, which balances are in.
#[derive(Clone, Copy, Debug)]
pub struct BusinessCurrency;

impl Figure for BusinessCurrency {
    type Value = Currency;
    const NAME: &'static str = "BUSINESS_CURRENCY";
    const DEFAULT: &'static str = "RUB";

    fn read(text: &str) -> Result<Currency, String> {
        text.parse()
    }
}

/// Whether so much may be paid onto a balance.
pub fn is_possible(amount: Money, currency: Currency) -> bool {
    let unit = 10i64.saturating_pow(currency.decimals().into());
    let range = LEAST.saturating_mul(unit)..=MOST.saturating_mul(unit);
    amount.currency == currency && range.contains(&amount.amount_minor)
}

/// The one attempt that a top-up gets.
pub fn attempt_id(top_up: TopUpId) -> PaymentId {
    PaymentId::from_digest(&Digest::of(["top-up", &top_up.to_string()]))
}

impl Payment {
    /// The payment of a top-up that its owner just asked for.
    pub fn of_top_up(top_up: TopUpId, account: AccountId, request: &str, amount: Money, now: Timestamp) -> Next {
        let attempt = Attempt::planned(Wish {
            id: attempt_id(top_up),
            request: request.to_owned(),
            amount,
            way: Way::Form { save_for: None },
            pay_until: now.after(TIME_TO_PAY),
        });
        Payment::of(top_up, account).adding(attempt).settled(Vec::new(), now)
    }
}
