//! The ledger: what the book says, and that the table says the same.

use crate::support::entry;
use crate::teller::{balances, tell, teller};
use billing::book::{Book, Entered};
use billing::ledger::{Account, Entry, Fact, Personal, Side};
use kernel::{AccountId, AdjustmentId, Currency, PayoutId};
use proptest::prelude::*;

/// A fact that a history may hold: guarded or not, new or told before.
#[derive(Clone, Debug)]
pub struct Step {
    pub number: u128,
    pub guarded: bool,
    pub from: u128,
    pub to: u128,
    pub minor: i64,
}

impl Step {
    pub fn fact(&self) -> Fact {
        match self.guarded {
            true => Fact::Payout { payout: PayoutId::from_bits(self.number), attempt: 1 },
            false => Fact::Adjustment { adjustment: AdjustmentId::from_bits(self.number) },
        }
    }

    pub fn entry(&self) -> Entry {
        entry(account(self.from), account(self.to), self.minor)
    }
}

/// Account 0 is the platform's.
pub fn account(n: u128) -> Account {
    if n == 0 { Account::Adjustments } else { Account::Worker(AccountId::from_bits(n)) }
}

pub fn personal(n: u128) -> Personal {
    Personal {
        owner: AccountId::from_bits(n),
        side: Side::Worker,
        currency: Currency::RUB,
    }
}

fn step() -> impl Strategy<Value = Step> {
    (0..150u128, any::<bool>(), 0..5u128, 0..5u128, 0..1_000i64).prop_map(|(number, guarded, from, to, minor)| Step {
        number,
        guarded,
        from,
        to,
        minor,
    })
}

proptest! {
    /// 256 histories unless `PROPTEST_CASES` says otherwise.
    #[test]
    fn whatever_is_entered_all_accounts_come_to_zero_and_guards_hold(steps in prop::collection::vec(step(), 200)) {
        let mut book = Book::default();
        for step in &steps {
            let before = book.clone();
            let entered = book.enter(&step.fact(), &step.entry());
            prop_assert!(book.is_balanced());
            if entered != Entered::Now {
                prop_assert_eq!(&book, &before);
            } else if step.guarded && step.minor > 0 && step.from != 0 && step.from != step.to {
                prop_assert!(book.balance(personal(step.from)) >= 0, "{:?}", step);
            }
            prop_assert!(book.enter(&step.fact(), &step.entry()) != Entered::Now || entered == Entered::Short);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_table_says_what_the_book_says(steps in prop::collection::vec(step(), 40)) {
        let (stage, mut book) = (teller(), Book::default());
        for step in &steps {
            let entered = book.enter(&step.fact(), &step.entry());
            prop_assert_eq!(tell(&stage, step), entered, "{:?}", step);
        }
        for (n, minor) in balances(&stage, 1..5) {
            prop_assert_eq!(minor, book.balance(personal(n)));
        }
    }
}

#[test]
fn a_guard_counts_what_is_there() {
    let mut book = Book::default();
    let pay = |number, minor| {
        (
            Fact::Payout { payout: PayoutId::from_bits(number), attempt: 1 },
            entry(account(1), account(0), minor),
        )
    };
    let credit = Fact::Adjustment { adjustment: AdjustmentId::from_bits(1) };
    assert_eq!(book.enter(&pay(1, 1).0, &pay(1, 1).1), Entered::Short);
    assert_eq!(book.enter(&credit, &entry(account(0), account(1), 5)), Entered::Now);
    assert_eq!(book.enter(&pay(2, 6).0, &pay(2, 6).1), Entered::Short);
    assert_eq!(book.enter(&pay(2, 5).0, &pay(2, 5).1), Entered::Now);
    assert_eq!(book.enter(&pay(2, 5).0, &pay(2, 5).1), Entered::Before);
    assert_eq!(book.balance(personal(1)), 0);
    assert_eq!(book.balance(personal(9)), 0);
}
