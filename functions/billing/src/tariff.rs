//! What a job costs its client and brings its worker. Pure.
//!
//! A client pays the list price less a discount that grows with what the client has paid so far, whatever became of the
//! job. A worker earns a share of the list price for a completed job, nothing for a cancelled one, and is fined for a
//! failed or missed one. Each amount is rounded by itself, half away from zero; what the platform keeps is the rest,
//! so that nothing is lost in rounding.

use crate::ledger::{Account, Entry, Leg, NoEntry};
use kernel::{AccountId, Currency, Money};
use platform::Figure;

/// How a job ended, as far as money is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// It is done.
    Completed,
    /// The client did not want it any more.
    Cancelled,
    /// The worker failed, or did not come.
    Failed,
}

/// The discount by what a client has paid so far: nothing at first, `first` per cent over one `step`, one point more
/// over each further one, at most `most`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Discounts {
    /// In whole units of the currency, such as roubles.
    step: i64,
    first: i64,
    most: i64,
}

impl Discounts {
    /// Per cent for a client who has paid so much.
    pub fn percent(&self, paid: Money) -> i64 {
        let step = self.step.saturating_mul(10i64.saturating_pow(paid.currency.decimals().into()));
        // Over the first step, not at it: what is paid exactly is not over it yet.
        let steps = (paid.amount_minor - 1).div_euclid(step);
        if steps <= 0 { 0 } else { self.first.saturating_add(steps - 1).min(self.most) }
    }
}

impl Figure for Discounts {
    type Value = Discounts;
    const NAME: &'static str = "DISCOUNTS";
    const DEFAULT: &'static str = "10000,5,12";

    fn read(text: &str) -> Result<Discounts, String> {
        let expected = || "a step in whole units, and two percentages of at most 100: 10000,5,12".to_owned();
        match numbers(text)[..] {
            [step, first, most] if step > 0 && (0..=100).contains(&first) && (first..=100).contains(&most) => {
                Ok(Discounts { step, first, most })
            }
            _ => Err(expected()),
        }
    }
}

/// What a worker earns for a job done, and is fined for one failed, in per cent of the list price.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shares {
    earned: i64,
    fined: i64,
}

impl Figure for Shares {
    type Value = Shares;
    const NAME: &'static str = "WORKER_SHARES";
    const DEFAULT: &'static str = "60,40";

    fn read(text: &str) -> Result<Shares, String> {
        match numbers(text)[..] {
            [earned, fined] if (0..=100).contains(&earned) && (0..=100).contains(&fined) => {
                Ok(Shares { earned, fined })
            }
            _ => Err("two percentages of at most 100: 60,40".to_owned()),
        }
    }
}

fn numbers(text: &str) -> Vec<i64> {
    text.split(',').map_while(|number| number.trim().parse().ok()).collect()
}

/// The currency of the business.
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

/// What a job comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settlement {
    /// What the client owes.
    pub charge: Money,
    /// What the worker earned.
    pub accrual: Money,
    /// What the worker is fined.
    pub fine: Money,
}

impl Settlement {
    /// Of a job of this list price, for a client who has paid so much.
    pub fn of(price: Money, ending: Ending, paid: Money, discounts: &Discounts, shares: &Shares) -> Self {
        let part = |percent| Money::new(percent_of(price.amount_minor, percent), price.currency);
        let discount = part(discounts.percent(paid));
        let (earned, fined) = match ending {
            Ending::Completed => (shares.earned, 0),
            Ending::Cancelled => (0, 0),
            Ending::Failed => (0, shares.fined),
        };
        Self {
            // Of at most 100 per cent: it fits whatever held the price.
            charge: Money::new(price.amount_minor - discount.amount_minor, price.currency),
            accrual: part(earned),
            fine: part(fined),
        }
    }

    /// As an entry: the platform has what neither pays nor gets.
    pub fn entry(&self, client: AccountId, worker: AccountId) -> Result<Entry, NoEntry> {
        let currency = self.charge.currency;
        let earned = i128::from(self.accrual.amount_minor) - i128::from(self.fine.amount_minor);
        let kept = i128::from(self.charge.amount_minor) - earned;
        let leg = |account, minor: i128| {
            let minor = i64::try_from(minor).map_err(|_| NoEntry::Overflow)?;
            Ok(Leg::new(account, Money::new(minor, currency)))
        };
        Entry::of([
            leg(Account::Client(client), -i128::from(self.charge.amount_minor))?,
            leg(Account::Worker(worker), earned)?,
            leg(Account::Revenue, kept)?,
        ])
    }
}

/// `percent` (at most 100) per cent of an amount, rounded half away from zero.
fn percent_of(minor: i64, percent: i64) -> i64 {
    let part = i128::from(minor) * i128::from(percent);
    let rounded = (part.abs() + 50) / 100 * part.signum();
    // It is no more than the amount itself.
    i64::try_from(rounded).unwrap_or(minor)
}
