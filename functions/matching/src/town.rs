//! Towns: each has a plane of its own, on which its workers and requests stand in metres, and cells by which workers
//! are looked up.
//!
//! A place belongs to the town whose origin is nearest. Workers are listed in squares twice as wide as they go, so that
//! each stands in four cells at most: those who go up to 5 km in a fine grid, the others in a coarse one. A decision
//! reads both.

use kernel::Place;
use matching_core::plane::Projection;
use matching_core::{Cell, Grid, Point};
use platform::Figure;

/// The farthest that a worker goes, in metres.
pub const FARTHEST_M: u32 = 20_000;

/// The grids: up to which radius workers are listed in it, and its cells.
pub const GRIDS: [(u32, Grid); 2] = [(5_000, Grid::with_side(10_000)), (FARTHEST_M, Grid::with_side(40_000))];

/// A town by its name and the origin of its plane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Town {
    /// A short word, for keys.
    pub name: String,
    origin: Projection,
}

/// The towns that this deployment serves: one at least.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Towns {
    first: Town,
    others: Vec<Town>,
}

impl Figure for Towns {
    type Value = Self;
    const NAME: &'static str = "TOWNS";
    const DEFAULT: &'static str = "moscow:557520000:376175000,petersburg:599390000:303158000";

    fn read(text: &str) -> Result<Self, String> {
        let mut towns = text.split(',').map(town).collect::<Result<Vec<_>, _>>()?.into_iter();
        let first = towns.next().ok_or("one town at least is needed")?;
        Ok(Self { first, others: towns.collect() })
    }
}

fn town(text: &str) -> Result<Town, String> {
    let mut parts = text.split(':');
    let (name, latitude, longitude) = (parts.next(), parts.next(), parts.next());
    let degrees = |text: Option<&str>, most: i32| {
        text.and_then(|text| text.parse::<i32>().ok()).filter(|e7| e7.unsigned_abs() <= most.unsigned_abs())
    };
    let name = name.filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()));
    match (name, degrees(latitude, 850_000_000), degrees(longitude, 1_800_000_000), parts.next()) {
        (Some(name), Some(latitude_e7), Some(longitude_e7), None) => Ok(Town {
            name: name.to_owned(),
            origin: Projection { latitude_e7, longitude_e7 },
        }),
        _ => Err("towns look like moscow:557520000:376175000, separated by commas".to_owned()),
    }
}

impl Towns {
    /// The town that a place belongs to.
    pub fn of(&self, place: Place) -> &Town {
        let distance = |town: &Town| Point::default().distance(town.point(place));
        self.others.iter().fold(&self.first, |nearest, town| match distance(town) < distance(nearest) {
            true => town,
            false => nearest,
        })
    }
}

impl Town {
    /// Where a place is on the town's plane, in metres.
    pub fn point(&self, place: Place) -> Point {
        self.origin.point(place.latitude_e7, place.longitude_e7)
    }

    /// The index partition of a cell of a grid, for workers with this skill; without one, for all of them.
    pub fn partition(&self, grid: usize, cell: Cell, skill: &str) -> String {
        format!("{}#{grid}#{cell}#{skill}", self.name)
    }
}
