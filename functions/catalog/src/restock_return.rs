//! Goods of an order came back: they are available again, where they were taken from.
//!
//! Consumes `orders.order-returned.v1`. Each chunk of a return is one transaction over the stock and a record of that
//! chunk under the return's id, so no chunk is put back twice, however often the event comes. A return that overtakes
//! the order's payment commits the goods first: only what was sold comes back. Of an order that was cancelled or expired
//! everything is available already; nothing happens. Nobody else needs to know.

use crate::reservation::{CHUNK, Goods, Reservation, State, Wanted, merged};
use crate::steps::{MAX_STEPS, again, step_on};
use crate::store::{self, Restocked};
use contracts::orders::OrderReturned;
use kernel::{OrderId, Sku};
use platform::{Commit, Error, Function, Item, Now, On, Stored, Table, events};
use std::collections::BTreeMap;

/// On `orders.order-returned.v1`
pub fn function() -> Function {
    events::on(restock_return)
}

/// Puts the goods back, chunk by chunk.
pub async fn restock_return(returned: On<OrderReturned>, Now(now): Now, catalog: Table) -> Result<(), Error> {
    let held = catalog.get::<Reservation>(&store::reservation_key(returned.order)).await?;
    let held = held.filter(|held| !matches!(held.value.state, State::Reserving { .. }));
    let held = held.ok_or_else(|| Error::unavailable(format!("{} is not reserved yet", returned.order)))?;
    let mut held = step_on(&catalog, held, |reservation| reservation.commit(now)).await?;
    if held.value.state != State::Committed {
        return Ok(());
    }
    let wanted = merged(&returned.lines);
    let sold = store::all_goods(&catalog, &held.value).await?;
    for (part, lines) in (0..).zip(wanted.chunks(CHUNK)) {
        let restocked = Restocked {
            order: returned.order,
            return_id: returned.return_id,
            part,
            goods: where_sold(returned.order, lines, &sold)?,
        };
        match put_back(&catalog, held, restocked).await? {
            Some(next) => held = next,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// The returned goods, each at the location that it was taken from.
fn where_sold(order: OrderId, lines: &[Wanted], sold: &Goods) -> Result<Goods, Error> {
    let locations: BTreeMap<&Sku, _> = sold.iter().map(|(location, sku, _)| (sku, location)).collect();
    let each = lines.iter().map(|Wanted { sku, quantity }| match locations.get(sku) {
        Some(location) => Ok(((*location).clone(), sku.clone(), *quantity)),
        None => Err(Error::broken(format!("{sku} came back from {order}, which had none"))),
    });
    each.collect()
}

/// Puts one chunk back, if that was not done before. `None`: the order was cancelled in between.
async fn put_back(
    catalog: &Table,
    mut held: Stored<Reservation>,
    restocked: Restocked,
) -> Result<Option<Stored<Reservation>>, Error> {
    let order = restocked.order;
    for _ in 0..MAX_STEPS {
        if held.value.state != State::Committed {
            return Ok(None);
        }
        let mut transaction = catalog.transaction().create(&restocked, Vec::new());
        let marked = held.value.with_return();
        if !held.value.returned {
            transaction = transaction.replace(&held, &marked, Vec::new());
        }
        for (location, sku, quantity) in restocked.goods.iter() {
            let quantity = i64::from(quantity);
            let counters = [("gone", -quantity), ("available", quantity)];
            transaction = transaction.shift(store::stock_key(sku, location), &counters);
        }
        let refused = match transaction.commit().await? {
            Commit::Done if held.value.returned => return Ok(Some(held)),
            Commit::Done => return catalog.written(Some(&held), marked, &[]).map(Some),
            Commit::Refused(refused) => refused,
        };
        let refuses = |key| refused.iter().any(|refused| refused.key == key);
        if refuses(restocked.key()) {
            return again(catalog, &held).await.map(Some);
        }
        if !refuses(store::reservation_key(order)) {
            return Err(Error::broken(format!("more came back from {order} than was sold")));
        }
        held = again(catalog, &held).await?;
    }
    Err(Error::contended(format!("the reservation of {order} kept changing")))
}
