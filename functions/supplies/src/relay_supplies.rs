//! Publishes what changes of draws, jobs, purchases and cookies announce.
//!
//! Reads the stream of the supplies table; writes nothing. What an event says stands in its item for good, or in the
//! outbox, so it is the same at each repetition.

use crate::cookie::{Cookie, CookieEvent, Progress};
use crate::draw::{Draw, DrawEvent};
use crate::job::{Job, JobEvent};
use crate::purchase::{Purchase, PurchaseEvent};
use contracts::supplies::{
    CookieOutcome, CookieSettled, Published, PurchaseClosed, PurchaseOrdered, PurchaseReceived, SuppliesIssued,
    SuppliesNotNeeded, SuppliesRefused, SupplyLine, SupplyLow,
};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the supplies table
pub fn function() -> Function {
    relay::from_outbox(relay_supplies)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_supplies(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Draw::KIND => {
            let (draw, outbox) = change.read::<Draw>()?;
            Ok(outbox.events.into_iter().map(|event| of_draw(&draw, &event)).collect())
        }
        Job::KIND => {
            let (Job { id: job, worker, .. }, outbox) = change.read::<Job>()?;
            let not_needed = |JobEvent::NotNeeded| SuppliesNotNeeded { job, worker }.into();
            Ok(outbox.events.into_iter().map(not_needed).collect())
        }
        Purchase::KIND => {
            let (purchase, outbox) = change.read::<Purchase>()?;
            Ok(outbox.events.into_iter().map(|event| of_purchase(&purchase, event)).collect())
        }
        Cookie::KIND => {
            let (cookie, outbox) = change.read::<Cookie>()?;
            outbox.events.into_iter().map(|CookieEvent::Settled| settled(&cookie)).collect()
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn of_draw(draw: &Draw, event: &DrawEvent) -> Published {
    let (id, job, worker) = (draw.id, draw.job, draw.worker);
    match event {
        DrawEvent::Issued => SuppliesIssued { draw: id, job, worker }.into(),
        DrawEvent::Refused => SuppliesRefused { draw: id, job, worker }.into(),
    }
}

fn of_purchase(purchase: &Purchase, event: PurchaseEvent) -> Published {
    let (id, sku) = (purchase.id, purchase.sku.clone());
    let line = |quantity| vec![SupplyLine { sku: purchase.sku.clone(), quantity }];
    match event {
        PurchaseEvent::Low { on_hand, reorder_point } => SupplyLow { sku, on_hand, reorder_point }.into(),
        PurchaseEvent::Ordered => PurchaseOrdered { purchase: id, lines: line(purchase.quantity) }.into(),
        PurchaseEvent::Received { quantity, complete } => {
            PurchaseReceived { purchase: id, lines: line(quantity), complete }.into()
        }
        PurchaseEvent::Closed(missing) => PurchaseClosed { purchase: id, missing: line(missing) }.into(),
    }
}

fn settled(cookie: &Cookie) -> Result<Published, Error> {
    let outcome = match cookie.progress {
        Progress::Confirmed { .. } => CookieOutcome::Confirmed,
        Progress::Refused { .. } => CookieOutcome::Refused,
        Progress::Cancelled => CookieOutcome::Cancelled,
        Progress::Asked { .. } | Progress::Placed { .. } => {
            return Err(Error::broken(format!("{} is not settled", cookie.id)));
        }
    };
    Ok(CookieSettled { cookie: cookie.id, job: cookie.job, outcome }.into())
}
