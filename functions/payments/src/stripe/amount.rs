//! Amounts as Stripe writes them. Its "smallest unit" is the minor unit of ISO 4217 with exceptions, of which each
//! would charge a hundred times too much or too little: <https://docs.stripe.com/currencies#special-cases>.

use kernel::{Currency, Money};

/// How an amount of ours becomes one of Stripe's.
enum Unit {
    /// The same number.
    Same,
    /// Ours times so much: Stripe keeps two decimals that ISO 4217 has given up.
    Times(i64),
    /// Ours divided by so much, and nothing in between: Stripe has no decimals where ISO 4217 has two.
    Per(i64),
    /// The same number, of which Stripe takes multiples only.
    MultipleOf(i64),
}

fn unit(currency: Currency) -> Unit {
    match currency.code() {
        "ISK" | "UGX" => Unit::Times(100),
        "MGA" => Unit::Per(100),
        _ if currency.decimals() == 3 => Unit::MultipleOf(10),
        _ => Unit::Same,
    }
}

/// The amount in Stripe's unit. `None`: Stripe cannot take it.
pub fn to_stripe(money: Money) -> Option<i64> {
    let amount = money.amount_minor;
    match unit(money.currency) {
        Unit::Same => Some(amount),
        Unit::Times(factor) => amount.checked_mul(factor),
        Unit::Per(factor) => (amount % factor == 0).then_some(amount / factor),
        Unit::MultipleOf(step) => (amount % step == 0).then_some(amount),
    }
}

/// The amount behind one in Stripe's unit. `None`: the currency is none, or it is no amount of it.
pub fn from_stripe(amount: i64, currency: &str) -> Option<Money> {
    let currency: Currency = currency.to_ascii_uppercase().parse().ok()?;
    let amount = match unit(currency) {
        Unit::Same | Unit::MultipleOf(_) => Some(amount),
        Unit::Times(factor) => (amount % factor == 0).then_some(amount / factor),
        Unit::Per(factor) => amount.checked_mul(factor),
    };
    Some(Money::new(amount?, currency))
}
