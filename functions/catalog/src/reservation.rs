//! The reservation of one order: which goods are set aside for it, and how that ends. Pure.
//!
//! ```text
//!              take a chunk             last chunk
//!   (none) ──▶ reserving ─────────────▶ reserved
//!     │            │ short, cancelled       │ cancelled
//!     │            ▼                        ▼
//!     │        releasing ──give back──▶ rejected | released
//!     └── cancelled before it was placed ──▶ released
//! ```
//!
//! A large order is taken in chunks, because one transaction holds 100 actions. Each step moves the reservation by
//! one version together with the stock of one chunk, so a step that is repeated finds itself done.

use contracts::catalog::Shortage;
use contracts::orders::OrderedLine;
use kernel::{OrderId, Sku};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many SKUs one step takes: a transaction's 100 actions less the reservation and its chunk.
pub const CHUNK: usize = 98;

/// The reservation of one order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reservation {
    /// The order.
    pub order: OrderId,
    /// How far it is.
    pub state: State,
    /// Of how many chunks it is.
    pub chunks: u16,
    /// What is wanted, if it is one chunk only. Larger ones keep each chunk in an item of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<Wanted>,
}

/// So many of one SKU.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Wanted {
    /// The SKU.
    pub sku: Sku,
    /// How many.
    #[serde(rename = "qty")]
    pub quantity: u32,
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
    /// The first `left` chunks are still set aside, and are being given back.
    Releasing {
        /// How many chunks.
        left: u16,
        /// What was short; empty if the order was cancelled.
        short: Vec<Shortage>,
    },
    /// Nothing is set aside, because of what was short. Final.
    Rejected {
        /// At least one SKU.
        short: Vec<Shortage>,
    },
    /// Nothing is set aside, because the order was cancelled. Final.
    Released,
}

/// What a reservation announces when it ends one way or the other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReservationEvent {
    /// All is set aside.
    Reserved,
    /// Something is short.
    Rejected,
    /// The order was cancelled; nothing is set aside.
    Released,
}

/// A reservation's next state, and what it announces.
pub type Next = (Reservation, Vec<ReservationEvent>);

impl Reservation {
    /// A reservation of which nothing is set aside yet.
    pub fn open(order: OrderId, wanted: &[Wanted]) -> Self {
        let chunks = u16::try_from(wanted.len().div_ceil(CHUNK)).unwrap_or(u16::MAX);
        let wanted = if chunks == 1 { wanted.to_vec() } else { Vec::new() };
        Self { order, state: State::Reserving { taken: 0 }, chunks, wanted }
    }

    /// The reservation of an order that was cancelled before it was heard of: the late order finds it closed.
    pub fn closed(order: OrderId) -> Next {
        let reservation = Self { order, state: State::Released, chunks: 0, wanted: Vec::new() };
        (reservation, vec![ReservationEvent::Released])
    }

    /// How many chunks are set aside now.
    pub fn held(&self) -> u16 {
        match self.state {
            State::Reserving { taken } => taken,
            State::Reserved => self.chunks,
            State::Releasing { left, .. } => left,
            State::Rejected { .. } | State::Released => 0,
        }
    }

    /// After one more chunk was set aside.
    pub fn taken(&self) -> Next {
        match self.held() + 1 {
            taken if taken < self.chunks => (self.at(State::Reserving { taken }), Vec::new()),
            _ => (self.at(State::Reserved), vec![ReservationEvent::Reserved]),
        }
    }

    /// After a chunk could not be set aside.
    pub fn short(&self, short: Vec<Shortage>) -> Next {
        match self.held() {
            0 => (self.at(State::Rejected { short }), vec![ReservationEvent::Rejected]),
            left => (self.at(State::Releasing { left, short }), Vec::new()),
        }
    }

    /// After the last chunk that is held was given back.
    pub fn given_back(&self) -> Next {
        let short = match &self.state {
            State::Releasing { short, .. } => short.clone(),
            State::Reserving { .. } | State::Reserved | State::Rejected { .. } | State::Released => Vec::new(),
        };
        match self.held().saturating_sub(1) {
            0 if short.is_empty() => (self.at(State::Released), vec![ReservationEvent::Released]),
            0 => (self.at(State::Rejected { short }), vec![ReservationEvent::Rejected]),
            left => (self.at(State::Releasing { left, short }), Vec::new()),
        }
    }

    fn at(&self, state: State) -> Self {
        Self { state, ..self.clone() }
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
