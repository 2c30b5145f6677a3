//! Where the goods of one chunk of an order are taken from. Pure.
//!
//! All of one SKU comes from one location; SKUs of one order may come from different ones. Each SKU is asked for at the
//! preferred location first and, where that is short, at the next. No order is split finer: a second parcel for the rest
//! of one line costs more than it sells. What is asked first needs no look at the shelves, so that the usual order costs
//! one transaction however many locations there are.

use crate::reservation::{Goods, Wanted};
use crate::stock::Location;
use contracts::catalog::Shortage;
use kernel::Sku;

/// What is asked for where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allocation<'a> {
    locations: &'a [Location],
    choices: Vec<Choice<'a>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Choice<'a> {
    wanted: &'a Wanted,
    /// Which of the locations. None is left when it is their number.
    at: usize,
    /// The most that any location had.
    most: u32,
}

impl<'a> Allocation<'a> {
    /// Everything from the preferred location.
    pub fn first(wanted: &'a [Wanted], locations: &'a [Location]) -> Self {
        let choices = wanted.iter().map(|wanted| Choice { wanted, at: 0, most: 0 });
        Self { locations, choices: choices.collect() }
    }

    /// The goods, by where they are asked for; what no location is left for is left out.
    pub fn goods(&self) -> Goods {
        let placed = self.choices.iter().filter_map(|choice| Some((self.locations.get(choice.at)?, choice.wanted)));
        placed.map(|(location, wanted)| (location.clone(), wanted.sku.clone(), wanted.quantity)).collect()
    }

    /// At `location` there are only `available` of this SKU: it is asked for at the next one.
    pub fn refused(&mut self, sku: &Sku, location: &Location, available: u32) {
        let here =
            |choice: &&mut Choice<'_>| choice.wanted.sku == *sku && self.locations.get(choice.at) == Some(location);
        if let Some(choice) = self.choices.iter_mut().find(here) {
            choice.at += 1;
            choice.most = choice.most.max(available);
        }
    }

    /// What no location has enough of.
    pub fn short(&self) -> Vec<Shortage> {
        let short = self.choices.iter().filter(|choice| choice.at >= self.locations.len());
        short
            .map(|Choice { wanted, most, .. }| Shortage {
                sku: wanted.sku.clone(),
                wanted: wanted.quantity,
                available: *most,
            })
            .collect()
    }
}
