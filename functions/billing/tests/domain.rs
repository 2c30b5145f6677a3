//! Entries, references and weeks by themselves.

use crate::support::{roubles, week};
use billing::balance::{Balance, Week};
use billing::ledger::{Account, Entry, Leg, MAX_LEGS, NoEntry, Personal, Side};
use billing::payout::{News, Next, Payout, State, read_reference};
use kernel::{AccountId, Currency, Money, Timestamp};
use std::time::Duration;

fn somebody(n: u128) -> Account {
    Account::Client(AccountId::from_bits(n))
}

#[test]
fn an_entry_sums_to_zero_in_each_currency() {
    let pounds = |minor| Money::new(minor, Currency::GBP);
    let one = Leg::new(somebody(1), roubles(5));
    assert_eq!(Entry::of([one]), Err(NoEntry::Unbalanced));
    assert_eq!(Entry::of([one, Leg::new(Account::Bank, pounds(-5))]), Err(NoEntry::Unbalanced));
    assert!(Entry::of([one, Leg::new(Account::Bank, roubles(-5))]).is_ok());
    let huge = Leg::new(somebody(1), roubles(i64::MAX));
    assert_eq!(Entry::of([huge, huge]), Err(NoEntry::Overflow));
    assert_eq!(Entry::transfer(somebody(1), somebody(2), roubles(i64::MIN)), Err(NoEntry::Overflow));
    let many = (0..=MAX_LEGS as i64).flat_map(|n| {
        [
            Leg::new(somebody(n as u128), roubles(1)),
            Leg::new(Account::Bank, roubles(-1)),
        ]
    });
    assert_eq!(Entry::of(many), Err(NoEntry::TooMany));
}

#[test]
fn movements_of_one_account_are_made_one() {
    let legs = [(1, 5), (2, -3), (1, -2), (3, 4), (3, -4)];
    let entry = Entry::of(legs.map(|(n, minor)| Leg::new(somebody(n), roubles(minor)))).unwrap();
    assert_eq!(entry.legs(), [Leg::new(somebody(1), roubles(3)), Leg::new(somebody(2), roubles(-3))]);
    let stored = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&stored).unwrap(), entry);
    assert!(serde_json::from_str::<Entry>(&stored.replace("-3", "-4")).is_err(), "what is read sums to zero too");
}

#[test]
fn a_worker_is_paid_when_earnings_exceed_penalties() {
    let account = Personal {
        owner: AccountId::from_bits(1),
        side: Side::Worker,
        currency: Currency::RUB,
    };
    for (credited, debited, returned, carried, available, paid) in [
        (100, 0, 0, 0, 100, Some(100)),
        (100, 100, 0, 50, 50, None),
        (100, 99, 0, 0, 1, Some(1)),
        (100, 0, 0, 50, 150, Some(150)),
        (100, 0, 0, -200, -100, None),
        // What was earned in the week after is not paid with this one; what was taken in it is not paid any more.
        (100, 0, 0, 0, 170, Some(100)),
        (100, 0, 0, 0, 30, Some(30)),
        (100, 0, 0, 0, -30, None),
        // What came back from a failed payout is paid with the next run, whatever was earned.
        (0, 0, 80, 0, 80, Some(80)),
        (0, 80, 80, 0, 0, None),
        (0, 0, -80, 80, 0, None),
    ] {
        let week = Week {
            credited_minor: credited,
            debited_minor: debited,
            returned_minor: returned,
            ..Week::empty(week(), account)
        };
        let balance = Balance {
            available_minor: available,
            carried_minor: carried,
            ..Balance::empty(account)
        };
        let amount = week.payout(&balance).map(|amount| amount.amount_minor);
        assert_eq!(amount, paid, "{credited} {debited} {returned} {carried} {available}");
        assert_eq!(week.charge(), None, "a worker is not invoiced");
    }
}

#[test]
fn a_payout_is_sent_for_a_while_then_asked_about_and_lost_after_a_day() {
    let start = Timestamp::from_millis(1_767_600_000_000);
    let hours = |hours: u64| start.after(Duration::from_secs(hours * 3600));
    let planned = Payout::plan(AccountId::from_bits(1), roubles(5), week(), start);
    assert_eq!((planned.next(start), planned.is_lost(hours(99))), (Next::Claim, false));
    let sending = planned.sending(start);
    for (after, next, lost) in [
        (0, Next::Send, false),
        (21, Next::Send, false),
        (22, Next::Ask, false),
        (24, Next::Ask, true),
    ] {
        assert_eq!((sending.next(hours(after)), sending.is_lost(hours(after))), (next, lost), "{after}");
    }
    assert_eq!(planned.heard(&News::Paid, start), None, "nobody can know of what was never sent");
    let paid = sending.heard(&News::Paid, start).unwrap();
    assert!(matches!(paid.state, State::Paid { .. }) && paid.due.is_none() && paid.waiting.is_none());
    for news in [News::Pending, News::Paid, News::Failed("late".to_owned())] {
        assert_eq!(paid.heard(&news, start), None, "what is paid stays paid");
    }
    let pending = sending.heard(&News::Pending, start).unwrap();
    assert_eq!(pending.heard(&News::Pending, start), None, "it is not written again for nothing");
    assert!(pending.heard(&News::Pending, hours(1)).unwrap().due > pending.due);
}

#[test]
fn a_reference_reads_back() {
    let payout = Payout::plan(AccountId::from_bits(1), roubles(5), week(), Timestamp::from_millis(0));
    assert_eq!(read_reference(&payout.reference()), Some((payout.id, 1)));
    for other in [
        "",
        "pyo_1-1",
        "nonsense",
        "-1",
        &payout.id.to_string(),
        &format!("{}-x", payout.id),
    ] {
        assert_eq!(read_reference(other), None, "{other}");
    }
}
