//! Many at once on few accounts: nothing is lost, nothing is made, nobody falls below zero.

use crate::book::Step;
use crate::teller::{balances, tell, teller};
use billing::book::Entered;
use std::sync::Mutex;
use std::thread;

const TASKS: u128 = 64;
const TRANSFERS: u128 = 20;
const ACCOUNTS: u128 = 10;
const EACH: i64 = 1_000;

#[test]
fn sixty_four_at_once_move_money_between_ten_accounts_exactly() {
    let stage = teller();
    for n in 1..=ACCOUNTS {
        let credit = Step {
            number: 1_000_000 + n,
            guarded: false,
            from: 0,
            to: n,
            minor: EACH,
        };
        assert_eq!(tell(&stage, &credit), Entered::Now);
    }
    let expected = Mutex::new(vec![EACH; ACCOUNTS as usize]);
    thread::scope(|scope| {
        for task in 0..TASKS {
            let (stage, expected) = (&stage, &expected);
            scope.spawn(move || {
                for n in 0..TRANSFERS {
                    let mixed = (task * 7_919 + n * 104_729) % 1_000_003;
                    let (from, to) = (1 + mixed % ACCOUNTS, 1 + (mixed / 10) % ACCOUNTS);
                    let minor = i64::try_from(mixed % 700).unwrap();
                    // Every other transfer is told of by two.
                    let step = Step {
                        number: task / 2 * TRANSFERS * 2 + n + (task % 2) * TRANSFERS * (n % 2),
                        guarded: true,
                        from,
                        to,
                        minor,
                    };
                    if tell(stage, &step) == Entered::Now {
                        let mut expected = expected.lock().unwrap();
                        expected[from as usize - 1] -= minor;
                        expected[to as usize - 1] += minor;
                    }
                }
            });
        }
    });
    let found: Vec<i64> = balances(&stage, 1..ACCOUNTS + 1).into_iter().map(|(_, minor)| minor).collect();
    assert_eq!(found, expected.into_inner().unwrap());
    assert_eq!(found.iter().sum::<i64>(), EACH * i64::try_from(ACCOUNTS).unwrap());
    assert!(found.iter().all(|minor| *minor >= 0), "{found:?}");
}
