//! Charts: which tier a range is read from, and which of its points are shown. Pure.
//!
//! Points are chosen by MinMaxLTTB (Van Der Donckt et al. 2023): of each bucket the lowest and the highest candidates
//! are kept first, four for each point that is wanted; of those, largest-triangle-three-buckets (Steinarsson 2013)
//! picks what shows best. In whole numbers throughout.

use crate::rollup::{Row, Tier};

/// Points on a chart at most.
pub const MOST_POINTS: usize = 2000;
/// Candidates for each point.
const RATIO: usize = 4;
/// The longest range that is read from the readings themselves, in milliseconds.
pub const RAW: i64 = 2 * 3_600_000;

/// A range is longer than any tier has points for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLong;

/// A point of a chart: a stretch, or one reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// When it begins, in milliseconds since 1970.
    pub at: i64,
    /// Its readings.
    pub row: Row,
}

impl Point {
    /// Its height: a thousandth of the mean.
    fn height(&self) -> i128 {
        self.row.sum * 1000 / i128::from(self.row.count)
    }
}

/// What a range of so many milliseconds is read from: `None` are the readings themselves. Of no range are there more
/// rows than a chart has points, but of one that is longer than five years: that is no tier's.
pub fn tier(length: i64) -> Result<Option<Tier>, TooLong> {
    if length <= RAW {
        return Ok(None);
    }
    let most = i64::try_from(MOST_POINTS).unwrap_or(i64::MAX) - 1;
    let tiers = [Tier::Minutes, Tier::Hours, Tier::Days];
    tiers.into_iter().find(|tier| length / tier.stretch() < most).map(Some).ok_or(TooLong)
}

/// At most `wanted` of these points, which are in order of time: those that show best what the others do.
pub fn thin(points: Vec<Point>, wanted: usize) -> Vec<Point> {
    if points.len() <= wanted {
        return points;
    }
    if wanted < 3 {
        return [points.first(), points.last()].into_iter().flatten().take(wanted).copied().collect();
    }
    let candidates = if points.len() > wanted * RATIO { extremes(&points, wanted * RATIO) } else { points };
    triangles(&candidates, wanted)
}

/// The first and the last point, and of each bucket between the one with the lowest reading and the one with the
/// highest.
fn extremes(points: &[Point], wanted: usize) -> Vec<Point> {
    let [first, inner @ .., last] = points else {
        return points.to_vec();
    };
    let mut kept = vec![*first];
    for bucket in buckets(inner, (wanted - 2) / 2) {
        let lowest = bucket.iter().min_by_key(|point| point.row.min);
        let highest = bucket.iter().max_by_key(|point| point.row.max);
        let mut both: Vec<Point> = lowest.into_iter().chain(highest).copied().collect();
        both.sort_by_key(|point| point.at);
        both.dedup();
        kept.extend(both);
    }
    kept.push(*last);
    kept
}

/// Largest triangle, three buckets: of each bucket the point that spans the largest triangle with the one before and
/// the middle of the next bucket.
fn triangles(points: &[Point], wanted: usize) -> Vec<Point> {
    let [first, inner @ .., last] = points else {
        return points.to_vec();
    };
    let buckets: Vec<&[Point]> = buckets(inner, wanted - 2).collect();
    let mut kept = vec![*first];
    for (n, bucket) in buckets.iter().enumerate() {
        let next = buckets.get(n + 1).copied().unwrap_or(std::slice::from_ref(last));
        let count = i128::try_from(next.len()).unwrap_or(1);
        let middle = (
            next.iter().map(|point| i128::from(point.at)).sum::<i128>() / count,
            next.iter().map(Point::height).sum::<i128>() / count,
        );
        let before = kept[kept.len() - 1];
        let area = |point: &&Point| {
            let (x, y) = (i128::from(before.at), before.height());
            ((x - middle.0) * (point.height() - y) - (x - i128::from(point.at)) * (middle.1 - y)).abs()
        };
        kept.extend(bucket.iter().max_by_key(area));
    }
    kept.push(*last);
    kept
}

/// So many buckets of about the same number of points, none of them empty.
fn buckets(points: &[Point], count: usize) -> impl Iterator<Item = &[Point]> {
    let edge = move |n: usize| n * points.len() / count.max(1);
    (0..count).map(move |n| &points[edge(n)..edge(n + 1)]).filter(|bucket| !bucket.is_empty())
}
