//! Where things are: points on a plane, how far apart they are, and the cells of a grid by which workers are looked up.
//!
//! A plane has a unit of its own; in production it is the metre. Coordinates are whole numbers, so "within the radius"
//! is exact.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// The most cells that one worker is listed under. A worker whose circle touches more is listed by a coarser grid.
pub const MAX_CELLS: usize = 64;

/// Mean radius of the Earth in metres (IUGG).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point on a plane, in its unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// To the east.
    pub x: i32,
    /// To the north.
    pub y: i32,
}

impl Point {
    /// The distance in units, rounded down.
    pub fn distance(self, other: Self) -> u64 {
        u64::try_from(self.squared_distance(other).isqrt()).unwrap_or(u64::MAX)
    }

    /// Whether the other point is in the circle of this radius, its edge included.
    pub fn reaches(self, other: Self, radius: u32) -> bool {
        self.squared_distance(other) <= u128::from(radius).pow(2)
    }

    fn squared_distance(self, other: Self) -> u128 {
        let square = |a: i32, b: i32| u128::from(a.abs_diff(b)).pow(2);
        square(self.x, other.x).saturating_add(square(self.y, other.y))
    }
}

/// Makes points in metres of degrees: the equirectangular projection about an origin. East-west distances are off by
/// tan φ · Δφ: at 56° and 50 km north or south of the origin by 1.2 %, less than streets differ from the straight line.
/// A business with several towns has an origin for each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Projection {
    /// Latitude of the origin in 10⁻⁷ degrees.
    pub latitude_e7: i32,
    /// Longitude of the origin in 10⁻⁷ degrees.
    pub longitude_e7: i32,
}

impl Projection {
    /// The point, in metres from the origin. Degrees beyond the poles or the date line are taken as they are.
    pub fn point(&self, latitude_e7: i32, longitude_e7: i32) -> Point {
        let radians = |e7: i64| (e7 as f64 / 1e7).to_radians();
        let metres = |radians: f64| (radians * EARTH_RADIUS_M).round() as i32;
        let east = radians(i64::from(longitude_e7) - i64::from(self.longitude_e7));
        let north = radians(i64::from(latitude_e7) - i64::from(self.latitude_e7));
        Point {
            x: metres(east * radians(i64::from(self.latitude_e7)).cos()),
            y: metres(north),
        }
    }
}

/// A square of a grid: the unit in which workers are looked up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cell {
    column: i32,
    row: i32,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{}", self.column, self.row)
    }
}

/// Squares of one size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grid {
    /// Length of a side in the plane's unit.
    pub side: NonZeroU32,
}

impl Grid {
    /// Squares with this side. There is no side of 0: it counts as 1.
    pub const fn with_side(side: u32) -> Self {
        match NonZeroU32::new(side) {
            Some(side) => Self { side },
            None => Self { side: NonZeroU32::MIN },
        }
    }

    /// The cell in which a point is.
    pub fn cell(&self, point: Point) -> Cell {
        Cell {
            column: self.index(i64::from(point.x)),
            row: self.index(i64::from(point.y)),
        }
    }

    /// The cells that the square about a circle touches: where a worker with this radius is listed. `None` if they are
    /// more than [`MAX_CELLS`].
    pub fn cover(&self, centre: Point, radius: u32) -> Option<Vec<Cell>> {
        let range = |at: i32| {
            let (at, radius) = (i64::from(at), i64::from(radius));
            self.index(at.saturating_sub(radius))..=self.index(at.saturating_add(radius))
        };
        let (columns, rows) = (range(centre.x), range(centre.y));
        let count = |range: &std::ops::RangeInclusive<i32>| i64::from(*range.end()) - i64::from(*range.start()) + 1;
        let cells = usize::try_from(count(&columns).checked_mul(count(&rows))?).ok()?;
        if cells > MAX_CELLS {
            return None;
        }
        Some(columns.flat_map(|column| rows.clone().map(move |row| Cell { column, row })).collect())
    }

    fn index(&self, coordinate: i64) -> i32 {
        // Beyond the plane nobody can stand: the cells at its end hold what would be there.
        let index = coordinate.div_euclid(i64::from(self.side.get()));
        i32::try_from(index).unwrap_or(if index < 0 { i32::MIN } else { i32::MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CORNER: Point = Point { x: i32::MIN, y: i32::MIN };

    #[test]
    fn distances_are_exact_and_do_not_overflow() {
        let (origin, other) = (Point::default(), Point { x: 3, y: -4 });
        assert_eq!(origin.distance(other), 5);
        assert!(origin.reaches(other, 5) && !origin.reaches(other, 4));
        assert_eq!(CORNER.distance(Point { x: i32::MAX, y: i32::MAX }), 6_074_000_998);
    }

    #[test]
    fn degrees_become_metres() {
        // Moscow: from the Kremlin to Sheremetyevo are 28.1 km on the ellipsoid.
        let moscow = Projection { latitude_e7: 557_520_000, longitude_e7: 376_175_000 };
        let airport = moscow.point(559_726_000, 374_146_000);
        let distance = Point::default().distance(airport);
        assert!((27_500..28_700).contains(&distance), "{distance}");
    }

    proptest! {
        #[test]
        fn whoever_reaches_a_point_is_listed_in_its_cell(
            x in any::<i32>(), y in any::<i32>(), dx in -9_000..9_000_i32, dy in -9_000..9_000_i32, radius in 0..9_000_u32,
        ) {
            let grid = Grid::with_side(3_000);
            let centre = Point { x, y };
            let point = Point { x: x.saturating_add(dx), y: y.saturating_add(dy) };
            let cells = grid.cover(centre, radius).unwrap();
            prop_assert!(cells.len() <= 49);
            if centre.reaches(point, radius) {
                prop_assert!(cells.contains(&grid.cell(point)));
            }
        }

        #[test]
        fn any_degrees_become_some_point(
            origin in any::<[i32; 2]>(), latitude_e7 in any::<i32>(), longitude_e7 in any::<i32>(),
        ) {
            let projection = Projection { latitude_e7: origin[0], longitude_e7: origin[1] };
            prop_assert_eq!(projection.point(origin[0], origin[1]), Point::default());
            projection.point(latitude_e7, longitude_e7);
        }

        #[test]
        fn hostile_circles_are_refused(x in any::<i32>(), y in any::<i32>(), radius in any::<u32>(), side in any::<u32>()) {
            let grid = Grid::with_side(side);
            let few = grid.cover(Point { x, y }, radius).is_none_or(|cells| cells.len() <= MAX_CELLS);
            prop_assert!(few);
        }
    }
}
