//! Planted bugs: realistic mistakes, as decorators of the seam or as twins of functions. Production code has no switch
//! for them. A simulation that does not catch them proves nothing.

pub(crate) mod requests;
mod sensors;
mod services;
mod twins;

use crate::runner::World;
use local::outside::Outside;
use platform::Context;
use requests::{Seam, tampering};
use std::sync::Arc;

/// Puts a mistake between the functions and the cloud.
pub type Plant = Arc<dyn Fn(Arc<dyn Outside>) -> Arc<dyn Outside> + Send + Sync>;

/// A mistake.
pub struct Bug {
    /// What was done wrong.
    pub name: String,
    /// The contexts, with a twin in place of a function if the bug is one.
    pub contexts: fn() -> Vec<Context>,
    /// Puts the mistake between the functions and the cloud.
    pub plant: Plant,
    /// Where it shows: only such histories are played to find it.
    pub world: World,
}

impl Bug {
    /// A mistake in what functions ask for, or in what they make of answers.
    fn seam(name: &str, seam: Seam) -> Self {
        Self {
            name: name.to_owned(),
            contexts: crate::contexts,
            plant: tampering(seam),
            world: World::Shop,
        }
    }

    /// A mistake in the functions themselves.
    fn twin(name: &str, contexts: fn() -> Vec<Context>) -> Self {
        Self {
            name: name.to_owned(),
            contexts,
            plant: Arc::new(|inner| inner),
            world: World::Shop,
        }
    }

    fn in_towns(self) -> Self {
        Self { world: World::Town, ..self }
    }

    fn in_clubs(self) -> Self {
        Self { world: World::Club, ..self }
    }
}

/// Every planted bug.
pub fn bugs() -> Vec<Bug> {
    vec![
        Bug::seam("stock is moved without asking whether there is enough", requests::STOCK_UNASKED),
        Bug::seam("a create does not ask whether the item is there", requests::ABSENCE_UNASKED),
        Bug::seam("a change does not ask whether the item is still as it was read", requests::VERSION_UNASKED),
        Bug::seam("a transaction does not ask whether its items are as they were read", requests::STEP_UNASKED),
        Bug::seam("a replica takes whatever snapshot comes last", requests::STAMP_UNASKED),
        Bug::seam("an item is written without its outbox", requests::NO_OUTBOX),
        Bug::seam("an outbox names the version before", requests::OUTBOX_OF_BEFORE),
        Bug::seam("an item forgets what it announced before", requests::NO_PAST),
        Bug::seam("events carry no version", requests::NO_EVENT_VERSION),
        Bug::seam(
            "events that are not in the batch's first entry are published twice, changed",
            requests::TWO_EVENTS_OF_ONE_ID,
        ),
        Bug::seam("a refund is asked for under a new key each time", requests::NEW_KEY_FOR_REFUND),
        Bug::seam("a race that is lost is taken for a reply that is lost", requests::OTHERS_WORK_IS_MINE),
        Bug::twin("a relay acknowledges what the topic did not take", twins::relays_that_acknowledge),
        Bug::twin("a relay publishes the first three changes of a batch and acknowledges all", twins::relays_of_three),
        Bug::twin("a consumer acknowledges what it failed to do", twins::consumers_that_acknowledge),
        Bug::twin("a consumer deals with the first message of a batch alone", twins::consumers_of_one),
        Bug::twin("a consumer reports one failure of several", twins::consumers_that_report_one),
        Bug::twin("the stock of expired orders is not given back: nobody hears of them", twins::expiry_unheard),
        Bug::twin("an order expires though it was paid", twins::expiring_regardless),
        Bug::twin("a payment revives an order that has ended", twins::paid_regardless),
        Bug::seam("a worker's slot is taken without asking whether it is free still", services::SLOT_UNASKED)
            .in_towns(),
        Bug::seam("a fact is entered in the ledger without asking whether it was", services::FACT_UNASKED).in_towns(),
        Bug::seam("a payout is sent under a new key each time", services::NEW_KEY_FOR_TRANSFER).in_towns(),
        Bug {
            plant: services::silence_refuses(),
            ..Bug::twin(
                "a payout that was never answered is taken for refused, and its money given back",
                crate::contexts,
            )
        }
        .in_towns(),
        Bug::twin("a cancellation that finds a worker changes nothing", services::late_cancellations_ignored)
            .in_towns(),
        Bug::twin("hours are closed while batches rely on their marks", sensors::closing_comes_early).in_clubs(),
        Bug::seam("rollups are replaced without asking whether somebody did meanwhile", sensors::ROLLUP_UNASKED)
            .in_clubs(),
        Bug::seam("a batch that comes again is added to what is there", sensors::BATCH_ADDED).in_clubs(),
        Bug::seam("a workout is entered without asking whether it was", sensors::WORKOUT_UNASKED).in_clubs(),
    ]
}
