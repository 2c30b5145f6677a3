//! The reservation of one order: which goods are set aside for it, and how that ends. Pure.
//!
//! ```text
//!              take a chunk             last chunk                paid
//!   (none) ──▶ reserving ─────────────▶ reserved ──▶ committing ─────────▶ committed
//!     │            │ short, cancelled,      │             │                    │
//!     │            ▼ too late               ▼ cancelled, expired               ▼
//!     │        releasing ──give back──▶ rejected | released         (returns put goods back)
//!     └── cancelled before it was placed ──▶ released
//! ```
//!
//! Whether *cancelled* or *paid* comes first, a cancelled or expired order ends *released*; one that goods came back
//! from stays *committed*, because only delivered goods come back.
//!
//! A large order is taken in chunks, because one transaction holds 100 actions. Each step moves the reservation by
//! one version together with the stock of one chunk, so a step that is repeated finds itself done.

use crate::stock::{Counter, Location};
use contracts::catalog::Shortage;
use contracts::orders::OrderedLine;
use kernel::{OrderId, Sku, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many SKUs one step moves: a transaction's 100 actions less the reservation and what is written beside it.
pub const CHUNK: usize = 98;

/// The reservation of one order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reservation {
    /// The order.
    pub order: OrderId,
    /// How far it is.
    pub state: State,
    /// Of how many chunks it is. An order without lines has none.
    pub chunks: u16,
    /// What it holds, if it is one chunk only. Larger ones keep each chunk in an item of its own.
    #[serde(default, skip_serializing_if = "Goods::is_empty")]
    pub goods: Goods,
    /// Whether some of it came back after it was sold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
    /// Since when it is between two states that last.
    #[serde(default, flatten)]
    pub waits: Option<Waits>,
}

/// What is half done: the index of what waits finds it by this.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Waits {
    waiting: Waiting,
    /// Since when.
    pub since: Timestamp,
}

/// The partition of what waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// Reservations.
    Reservation,
}

/// So many of one SKU.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The SKU.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
}

/// Goods by where they are taken from: location, SKU, how many. As maps they take a third of the room of a list, and
/// every kilobyte of a reservation is paid for at each step.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Goods(BTreeMap<Location, BTreeMap<Sku, u32>>);

impl Goods {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Location, SKU, how many.
    pub fn iter(&self) -> impl Iterator<Item = (&Location, &Sku, u32)> {
        self.0
            .iter()
            .flat_map(|(location, goods)| goods.iter().map(move |(sku, quantity)| (location, sku, *quantity)))
    }
}

impl FromIterator<(Location, Sku, u32)> for Goods {
    fn from_iter<I: IntoIterator<Item = (Location, Sku, u32)>>(goods: I) -> Self {
        let mut by_location: BTreeMap<Location, BTreeMap<Sku, u32>> = BTreeMap::new();
        for (location, sku, quantity) in goods {
            by_location.entry(location).or_default().insert(sku, quantity);
        }
        Self(by_location)
    }
}

/// How far a reservation is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The first `taken` chunks are set aside.
    Reserving {
        /// How many chunks.
        taken: u16,
    },
    /// All is set aside.
    Reserved,
    /// The first `left` chunks are still set aside, the rest is gone.
    Committing {
        /// How many chunks.
        left: u16,
    },
    /// All is sold. Goods may still come back.
    Committed,
    /// The first `left` chunks are still to be given back.
    Releasing {
        /// How many chunks.
        left: u16,
        /// So many of the first chunks are set aside; those after them were sold.
        aside: u16,
        /// What it comes to.
        end: End,
    },
    /// Nothing is set aside, because of what was short; because it took too long, if nothing is named. Final.
    Rejected {
        /// What was short.
        short: Vec<Shortage>,
    },
    /// Nothing is set aside, because the order was cancelled or not paid. Final.
    Released,
}

/// What a reservation that is being given back comes to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// [`State::Rejected`].
    Rejected {
        /// What was short.
        short: Vec<Shortage>,
    },
    /// [`State::Released`].
    Released,
}

/// What a reservation announces when it comes to a state that lasts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReservationEvent {
    /// All is set aside.
    Reserved,
    /// Something is short.
    Rejected,
    /// The order was cancelled or not paid; nothing is set aside.
    Released,
    /// All is sold.
    Committed,
}

/// A reservation's next state, and what it announces.
pub type Next = (Reservation, Vec<ReservationEvent>);

/// One step: the goods of a chunk move from one counter to another, and the reservation comes to its next state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Which chunk; none if there are no goods to move.
    pub chunk: Option<u16>,
    /// From here.
    pub from: Counter,
    /// To here.
    pub to: Counter,
    /// What becomes of the reservation, and what it announces.
    pub next: Next,
}

impl Reservation {
    /// A reservation of which nothing is set aside yet.
    pub fn open(order: OrderId, skus: usize) -> Self {
        let chunks = u16::try_from(skus.div_ceil(CHUNK)).unwrap_or(u16::MAX);
        Self {
            order,
            state: State::Reserving { taken: 0 },
            chunks,
            goods: Goods::default(),
            returned: false,
            waits: None,
        }
    }

    /// The reservation of an order that was cancelled before it was heard of: the late order finds it closed.
    pub fn closed(order: OrderId) -> Next {
        (Self { state: State::Released, ..Self::open(order, 0) }, vec![ReservationEvent::Released])
    }

    /// How many chunks are taken from what is available.
    pub fn held(&self) -> u16 {
        match self.state {
            State::Reserving { taken } => taken,
            State::Reserved | State::Committing { .. } | State::Committed => self.chunks,
            State::Releasing { left, .. } => left,
            State::Rejected { .. } | State::Released => 0,
        }
    }

    /// Where the goods of a chunk stand now.
    pub fn place_of(&self, chunk: u16) -> Counter {
        let aside = match self.state {
            State::Committing { left } => left,
            State::Committed => 0,
            State::Releasing { aside, .. } => aside,
            State::Reserving { .. } | State::Reserved | State::Rejected { .. } | State::Released => u16::MAX,
        };
        match chunk {
            _ if chunk >= self.held() => Counter::Available,
            _ if chunk < aside => Counter::Reserved,
            _ => Counter::Gone,
        }
    }

    /// After one more chunk, these goods, was set aside.
    pub fn taken(&self, goods: &Goods, now: Timestamp) -> Next {
        let next = match self.held() + 1 {
            taken if taken < self.chunks => self.at(State::Reserving { taken }, now),
            _ => self.at(State::Reserved, now),
        };
        match self.chunks {
            1 => (Self { goods: goods.clone(), ..next.0 }, next.1),
            _ => next,
        }
    }

    /// After a chunk could not be set aside.
    pub fn short(&self, short: Vec<Shortage>, now: Timestamp) -> Next {
        match self.held() {
            0 => self.at(State::Rejected { short }, now),
            held => self.at(State::Releasing { left: held, aside: held, end: End::Rejected { short } }, now),
        }
    }

    /// The next step of an order that is paid: what was set aside is gone.
    pub fn commit(&self, now: Timestamp) -> Option<Step> {
        let left = match self.state {
            State::Reserved => self.chunks,
            State::Committing { left } => left,
            _ => return None,
        };
        let next = match left {
            0 | 1 => State::Committed,
            left => State::Committing { left: left - 1 },
        };
        Some(Step {
            chunk: left.checked_sub(1),
            from: Counter::Reserved,
            to: Counter::Gone,
            next: self.at(next, now),
        })
    }

    /// The next step of an order that was cancelled or not paid: what it holds is given back.
    pub fn release(&self, now: Timestamp) -> Option<Step> {
        let end = match &self.state {
            State::Releasing { end, .. } => end.clone(),
            State::Rejected { .. } | State::Released => return None,
            State::Committed if self.returned => return None,
            State::Reserving { .. } | State::Reserved | State::Committing { .. } | State::Committed => End::Released,
        };
        Some(self.give_back(end, now))
    }

    /// The next step of what was left half done: an order that is not wholly set aside by now is rejected, anything
    /// else comes to its end.
    pub fn finish(&self, now: Timestamp) -> Option<Step> {
        match self.state {
            State::Reserving { .. } => Some(self.give_back(End::Rejected { short: Vec::new() }, now)),
            State::Releasing { .. } => self.release(now),
            State::Committing { .. } => self.commit(now),
            State::Reserved | State::Committed | State::Rejected { .. } | State::Released => None,
        }
    }

    /// The same, with goods that came back after they were sold.
    pub fn with_return(&self) -> Self {
        Self { returned: true, ..self.clone() }
    }

    /// Makes the last chunk that is held available again.
    fn give_back(&self, end: End, now: Timestamp) -> Step {
        let chunk = self.held().checked_sub(1);
        let from = chunk.map_or(Counter::Reserved, |chunk| self.place_of(chunk));
        let aside = (0..self.held()).take_while(|chunk| self.place_of(*chunk) == Counter::Reserved).count();
        let next = match (chunk, end) {
            (None | Some(0), End::Released) => State::Released,
            (None | Some(0), End::Rejected { short }) => State::Rejected { short },
            (Some(left), end) => State::Releasing {
                left,
                aside: u16::try_from(aside).unwrap_or(u16::MAX).min(left),
                end,
            },
        };
        Step {
            chunk,
            from,
            to: Counter::Available,
            next: self.at(next, now),
        }
    }

    /// In another state, with what that announces.
    fn at(&self, state: State, now: Timestamp) -> Next {
        let (waits, events) = match &state {
            State::Reserving { .. } | State::Committing { .. } | State::Releasing { .. } => (true, vec![]),
            State::Reserved => (false, vec![ReservationEvent::Reserved]),
            State::Committed => (false, vec![ReservationEvent::Committed]),
            State::Rejected { .. } => (false, vec![ReservationEvent::Rejected]),
            State::Released => (false, vec![ReservationEvent::Released]),
        };
        let since = self.waits.as_ref().map_or(now, |waits| waits.since);
        let waits = waits.then_some(Waits { waiting: Waiting::Reservation, since });
        (Self { state, waits, ..self.clone() }, events)
    }
}

/// What an order wants of each SKU: one entry a SKU, by SKU. Real orders repeat SKUs; one transaction may touch an
/// item only once.
pub fn merged(lines: &[OrderedLine]) -> Vec<Wanted> {
    let mut wanted: BTreeMap<&Sku, u32> = BTreeMap::new();
    for line in lines {
        let quantity = wanted.entry(&line.sku).or_default();
        *quantity = quantity.saturating_add(line.quantity);
    }
    wanted.into_iter().map(|(sku, quantity)| Wanted { sku: sku.clone(), quantity }).collect()
}
