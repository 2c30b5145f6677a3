//! Once a day: what runs low is bought.
//!
//! Started by the clock. Of each supply below its reorder point, of which no purchase is open, one transaction writes a
//! purchase and notes it with the supply; announces `supplies.supply-low.v1` and `supplies.purchase-ordered.v1`. Runs may
//! overlap, repeat and stop anywhere: a purchase is numbered by its supply. A purchase that should have come by now is
//! logged each day, because nothing more is bought until somebody receives or closes it.

use crate::purchase::{self, Purchase, State};
use crate::store::{DECISIONS, purchase_key, some_supplies, supply_key};
use crate::supply::Supply;
use kernel::{Sku, Timestamp};
use platform::{Commit, Error, Figure, Function, Log, Now, Setting, Table, schedule};
use serde_json::json;
use std::time::Duration;

/// More supplies than there will be, in pages.
const MAX_PAGES: usize = 200;

/// In how many days a purchase should have come.
#[derive(Clone, Copy, Debug)]
pub struct PurchaseDays;

impl Figure for PurchaseDays {
    type Value = Duration;
    const NAME: &'static str = "PURCHASE_DAYS";
    const DEFAULT: &'static str = "14";

    fn read(text: &str) -> Result<Duration, String> {
        let days = text.parse().ok().filter(|days| (1..=365).contains(days));
        let days: u64 = days.ok_or("a whole number from 1 to 365 is expected")?;
        Ok(Duration::from_secs(86_400 * days))
    }
}

/// Each day
pub fn function() -> Function {
    schedule::daily(4, 0, reorder_supplies)
}

/// Goes through all supplies. One that cannot be bought holds up no other.
pub async fn reorder_supplies(
    Now(now): Now,
    Setting(patience): Setting<PurchaseDays>,
    log: Log,
    supplies: Table,
) -> Result<(), Error> {
    let (mut outcome, mut cursor) = (Ok(()), None);
    for _ in 0..MAX_PAGES {
        let page = some_supplies(&supplies, cursor.as_ref()).await?;
        for supply in page.items.into_iter().filter(|supply| supply.value.to_buy().is_some()) {
            let late = reorder(&supplies, &supply.value.sku, now).await.map(|open| {
                if let Some(purchase) = open.filter(|purchase| purchase.is_late(patience, now)) {
                    let facts = json!({ "purchase": purchase.id, "ordered_at": purchase.ordered_at });
                    log.warn("a purchase has not come", facts);
                }
            });
            outcome = outcome.and(late);
        }
        cursor = page.next;
        if cursor.is_none() {
            return outcome;
        }
    }
    outcome.and(Err(Error::broken("there are more supplies than one run goes through")))
}

/// Buys more of something, if there is too little and no purchase of it is open; the one that is, if it was before.
async fn reorder(supplies: &Table, sku: &Sku, now: Timestamp) -> Result<Option<Purchase>, Error> {
    for _ in 0..DECISIONS {
        let Some(supply) = supplies.get::<Supply>(&supply_key(sku)).await? else {
            return Ok(None);
        };
        if let Some(last) = last_purchase(supplies, &supply.value).await?
            && last.state() == State::Open
        {
            return Ok(Some(last));
        }
        let Some(((purchase, events), remembered)) = Purchase::order(&supply.value, now) else {
            return Ok(None);
        };
        let both = supplies.transaction().create(&purchase, events).replace(&supply, &remembered, Vec::new());
        if let Commit::Done = both.commit().await? {
            return Ok(None);
        }
    }
    Err(Error::contended(format!("{sku} kept changing")))
}

async fn last_purchase(supplies: &Table, supply: &Supply) -> Result<Option<Purchase>, Error> {
    if supply.purchases == 0 {
        return Ok(None);
    }
    let id = purchase::id_of(&supply.sku, supply.purchases);
    let found = supplies.get::<Purchase>(&purchase_key(id)).await?;
    found.map(|found| Some(found.value)).ok_or_else(|| Error::broken(format!("{id} is gone")))
}
