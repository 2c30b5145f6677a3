//! Stock of one SKU at one location: what is available, what is set aside for orders, what was sold. Pure.
//!
//! On hand is what is available or set aside. What is paid for is gone, even while it still waits to be packed: a
//! count of the shelves leaves it out.

use crate::fields::Slug;
use kernel::Sku;
use platform::Figure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place where goods lie: a warehouse, a shop.
pub type Location = Slug<20>;

/// The counters of one SKU at one location. Reservations move units between them; none ever falls below zero.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stock {
    /// The SKU.
    pub sku: Sku,
    /// Where.
    pub location: Location,
    /// Free to be ordered.
    pub available: u32,
    /// Set aside for orders that are not paid yet.
    pub reserved: u32,
    /// Sold and not returned, since the beginning.
    #[serde(default)]
    pub gone: u64,
}

/// One of the counters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counter {
    /// [`Stock::available`].
    Available,
    /// [`Stock::reserved`].
    Reserved,
    /// [`Stock::gone`].
    Gone,
}

impl Counter {
    /// The attribute that holds it.
    pub fn name(self) -> &'static str {
        match self {
            Counter::Available => "available",
            Counter::Reserved => "reserved",
            Counter::Gone => "gone",
        }
    }
}

/// More is set aside than was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BelowReserved {
    /// How many are set aside.
    pub reserved: u32,
}

impl Stock {
    /// Of this SKU there is nothing at this location yet.
    pub fn none(sku: Sku, location: Location) -> Self {
        Self { sku, location, available: 0, reserved: 0, gone: 0 }
    }

    /// The shelves were counted: so many are on hand.
    pub fn counted(&self, on_hand: u32) -> Result<Self, BelowReserved> {
        let available = on_hand.checked_sub(self.reserved).ok_or(BelowReserved { reserved: self.reserved })?;
        Ok(Self { available, ..self.clone() })
    }

    /// What the shelves would be counted at now.
    pub fn on_hand(&self) -> u32 {
        self.available.saturating_add(self.reserved)
    }
}

/// The locations that orders are served from, the preferred one first: `london leeds`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Locations(Vec<Location>);

impl Locations {
    /// As many as one deployment may have: an order that is short at all of them asks at each.
    const MAX: usize = 10;

    /// In the order in which they are asked.
    pub fn as_slice(&self) -> &[Location] {
        &self.0
    }

    /// The one that is asked first.
    pub fn first(&self) -> &Location {
        // Never empty: `read` sees to it.
        &self.0[0]
    }

    /// Whether orders are served from there.
    pub fn knows(&self, location: &Location) -> bool {
        self.0.contains(location)
    }
}

impl Figure for Locations {
    type Value = Locations;
    const NAME: &'static str = "STOCK_LOCATIONS";
    const DEFAULT: &'static str = "main";

    fn read(text: &str) -> Result<Locations, String> {
        let locations: Vec<Location> = text
            .split_whitespace()
            .map(|name| name.parse().map_err(|e| format!("{name}: {e}")))
            .collect::<Result<_, _>>()?;
        let twice = (1..locations.len()).any(|n| locations[..n].contains(&locations[n]));
        match locations.len() {
            1..=Self::MAX if !twice => Ok(Locations(locations)),
            _ => Err(format!("1 to {} locations are expected, each once, separated by blanks", Self::MAX)),
        }
    }
}

/// How many there are, as everybody may know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    /// Enough.
    InStock,
    /// The last few.
    Low,
    /// None.
    None,
}

/// The largest number that is called low.
#[derive(Clone, Copy, Debug)]
pub struct LowStock;

impl Figure for LowStock {
    type Value = u32;
    const NAME: &'static str = "LOW_STOCK";
    const DEFAULT: &'static str = "5";

    fn read(text: &str) -> Result<u32, String> {
        text.parse().map_err(|_| format!("{text} is no number of units"))
    }
}

impl Availability {
    /// Of a SKU that stands like this at all locations. One SKU of an order comes from one location, so the location
    /// with the most of it decides.
    pub fn of(stock: &[Stock], locations: &Locations, low: u32) -> Self {
        let served = stock.iter().filter(|stock| locations.knows(&stock.location));
        match served.map(|stock| stock.available).max().unwrap_or_default() {
            0 => Availability::None,
            available if available <= low => Availability::Low,
            _ => Availability::InStock,
        }
    }
}
