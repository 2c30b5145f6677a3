//! `keep-price`.

use crate::support::{first_write, product, shop, sku};
use contracts::catalog::ProductChanged;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, item, reports_only_what_it_cannot_read};
use orders::pricing::Price;
use platform::Key;

/// Epoch and version of a snapshot.
type Arrival = (u32, u64);

fn kept(stage: &Stage) -> Option<Price> {
    item(stage, "orders", &Key::new(format!("price#{}", sku(0)), "price"))
}

fn kept_pence(stage: &Stage) -> Option<i64> {
    kept(stage).map(|price| price.prices[0].amount_minor)
}

#[test]
fn the_whole_snapshot_is_kept() {
    let stage = shop(0);
    let changed = ProductChanged { published: false, ..product(0, 300) };
    assert!(stage.deliver("keep-price", &event(&stage, &changed, 1, 1)));
    let kept = kept(&stage).unwrap();
    assert_eq!((kept.sku, kept.title, kept.prices), (changed.sku, changed.title, changed.prices));
    assert_eq!((kept.tax_rate, kept.published), (changed.tax_rate, false));
}

#[test]
fn the_newest_snapshot_wins_in_whatever_order_they_come() {
    // Stamps (epoch, version) in the order of arrival, and which of them must be kept in the end.
    type Stamp = (u32, u64);
    let arrivals: [(&[Stamp], Stamp); 9] = [
        (&[(1, 1), (1, 2)], (1, 2)),
        (&[(1, 2), (1, 1)], (1, 2)),
        (&[(1, 9), (1, 10)], (1, 10)),
        (&[(1, 10), (1, 9)], (1, 10)),
        (&[(1, 1_000_000), (2, 1)], (2, 1)),
        (&[(2, 1), (1, 1_000_000)], (2, 1)),
        (&[(1, 3), (2, 2), (1, 4), (2, 1)], (2, 2)),
        (&[(9, 1), (10, 1), (9, 2)], (10, 1)),
        (&[(1, 5), (1, 5), (1, 5)], (1, 5)),
    ];
    let pence = |(epoch, version): Arrival| i64::from(epoch) * 10_000_000 + i64::try_from(version).unwrap();
    for (stamps, newest) in arrivals {
        let stage = shop(0);
        for stamp in stamps {
            let changed = event(&stage, &product(0, pence(*stamp)), stamp.0, stamp.1);
            assert!(stage.deliver("keep-price", &changed), "late snapshots are no failures");
        }
        assert_eq!(kept_pence(&stage), Some(pence(newest)), "{stamps:?}");
    }
}

#[test]
fn of_two_snapshots_with_one_stamp_the_first_is_kept() {
    let stage = shop(0);
    for pence in [100, 200] {
        assert!(stage.deliver("keep-price", &event(&stage, &product(0, pence), 1, 1)));
    }
    assert_eq!(kept_pence(&stage), Some(100));
}

#[test]
fn a_lost_reply_of_the_table_loses_no_price() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = shop(0);
        first_write(&stage, fate);
        assert!(stage.deliver("keep-price", &event(&stage, &product(0, 300), 1, 1)));
        assert_eq!(kept_pence(&stage), Some(300));
    }
}

#[test]
fn a_price_that_cannot_be_stored_now_comes_again() {
    let stage = shop(0);
    let changed = event(&stage, &product(0, 300), 1, 1);
    stage.interfere(|_| Fate::NeverSent);
    assert!(!stage.deliver("keep-price", &changed));
    stage.calm();
    assert!(stage.deliver("keep-price", &changed));
    assert_eq!(kept_pence(&stage), Some(300));
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shop(0);
    reports_only_what_it_cannot_read(&stage, "keep-price", &event(&stage, &product(0, 300), 1, 1));
    assert_eq!(kept_pence(&stage), Some(300));
}
