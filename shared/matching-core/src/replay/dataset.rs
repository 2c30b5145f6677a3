//! The real data: workers and tasks of two spatial crowdsourcing platforms (`data/README.md` says where they come from).
//!
//! The first line is `workers tasks Umax sumC`; each other line is `begin w x y radius capacity duration rating` or
//! `begin t x y duration pay`, in seconds and units of the plane. Lines are not in order of time.
//!
//! What a pair is and what it is worth is as in the authors' code (BUAA-BDA/SpatialCrowdsourcing-GOMA, `OPT.cpp` and
//! `Greedy.cpp`; Tong, Zeng et al., TKDE 2019, doi:10.1109/TKDE.2019.2948863): a pair is feasible if the task lies in the
//! worker's circle and their times overlap (`begin < end` both ways); its utility is pay × rating; ways take no time and a
//! task is done the moment it is assigned; a worker does as many tasks as `capacity` says (1 in both files).

use crate::plane::Point;
use crate::request::{Request, Window};
use crate::share::Share;
use crate::worker::{Slot, Worker};
use kernel::{AccountId, RequestId, SlotId, Timestamp};
use std::collections::BTreeMap;

/// Utility is counted in tenths of the pay's unit times millionths of a rating.
pub const UNITS_OF_VALUE: f64 = 1e7;

const MAX_CAPACITY: u32 = 64;

/// What one file holds, in order of time; what comes at the same time is in the file's order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dataset {
    /// Who and what arrives.
    pub arrivals: Vec<(Timestamp, Arrival)>,
}

/// Who or what arrives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// A worker begins.
    Worker(Worker),
    /// A task is placed.
    Request(Request),
}

/// A line that is not understood.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl Dataset {
    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, BadLine> {
        let mut arrivals = Vec::new();
        let mut counted = (0_usize, 0_usize);
        for (line, fields) in (1..).zip(text.lines()).skip(1) {
            let arrival = Fields { fields: fields.split_ascii_whitespace() }
                .arrival(line)
                .map_err(|problem| BadLine { line, problem })?;
            match arrival.1 {
                Arrival::Worker(_) => counted.0 += 1,
                Arrival::Request(_) => counted.1 += 1,
            }
            arrivals.push(arrival);
        }
        let mut head = text.lines().next().unwrap_or_default().split_ascii_whitespace().map(str::parse::<usize>);
        if (head.next(), head.next()) != (Some(Ok(counted.0)), Some(Ok(counted.1))) {
            let problem = format!("it does not say {} workers and {} tasks, which follow", counted.0, counted.1);
            return Err(BadLine { line: 1, problem });
        }
        arrivals.sort_by_key(|(at, _)| *at);
        Ok(Self { arrivals })
    }

    /// The workers.
    pub fn workers(&self) -> impl Iterator<Item = &Worker> {
        self.arrivals.iter().filter_map(|(_, arrival)| match arrival {
            Arrival::Worker(worker) => Some(worker),
            Arrival::Request(_) => None,
        })
    }

    /// The tasks.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.arrivals.iter().filter_map(|(_, arrival)| match arrival {
            Arrival::Request(request) => Some(request),
            Arrival::Worker(_) => None,
        })
    }
}

/// Whether this task can be given to this worker, and the units of value that it then has. Told apart from
/// [`fit`](crate::fit), so that optimum and baselines do not share its mistakes.
pub fn utility(worker: &Worker, request: &Request) -> Option<i128> {
    let in_time = worker.slots.iter().any(|slot| slot.window.overlaps(&request.start));
    let value = i128::from(request.worth) * i128::from(worker.rating.ppm());
    (in_time && worker.place.reaches(request.place, worker.radius)).then_some(value)
}

struct Fields<'a> {
    fields: std::str::SplitAsciiWhitespace<'a>,
}

impl<'a> Fields<'a> {
    fn arrival(mut self, line: usize) -> Result<(Timestamp, Arrival), String> {
        let id = u128::try_from(line).unwrap_or_default();
        let begin = self.seconds("begin")?;
        let kind = self.next("kind")?;
        let place = Point { x: self.fixed("x", 6)?, y: self.fixed("y", 6)? };
        let arrival = match kind {
            "w" => {
                let radius = self.fixed("radius", 6)?;
                let capacity: u32 = self.fixed("capacity", 0)?;
                if capacity > MAX_CAPACITY {
                    return Err(format!("capacity: at most {MAX_CAPACITY}"));
                }
                let window = self.window(begin)?;
                let slot = |number: u32| Slot {
                    id: SlotId::from_bits((id << 8) | u128::from(number)),
                    window,
                };
                let rating =
                    Share::from_ppm(self.fixed("rating", 6)?).map_err(|problem| format!("rating: {problem}"))?;
                Arrival::Worker(Worker {
                    id: AccountId::from_bits(id),
                    place,
                    radius,
                    speed: None,
                    skills: BTreeMap::new(),
                    rating,
                    slots: (0..capacity).map(slot).collect(),
                })
            }
            "t" => Arrival::Request(Request {
                id: RequestId::from_bits(id),
                client: AccountId::from_bits(0),
                place,
                start: self.window(begin)?,
                duration_s: 0,
                skills: BTreeMap::new(),
                worth: self.fixed("pay", 1)?,
                placed_at: Timestamp::from_millis(begin * 1000),
            }),
            other => return Err(format!("{other:?} is neither w nor t")),
        };
        if self.fields.next().is_some() {
            return Err("more fields than expected".to_owned());
        }
        Ok((Timestamp::from_millis(begin * 1000), arrival))
    }

    fn next(&mut self, name: &str) -> Result<&'a str, String> {
        self.fields.next().ok_or_else(|| format!("{name} is missing"))
    }

    fn seconds(&mut self, name: &str) -> Result<i64, String> {
        self.fixed::<u32>(name, 0).map(i64::from)
    }

    fn window(&mut self, begin: i64) -> Result<Window, String> {
        let duration = self.seconds("duration")?;
        Ok(Window {
            from: Timestamp::from_millis(begin * 1000),
            until: Timestamp::from_millis((begin + duration) * 1000),
        })
    }

    /// A number with at most so many decimals, in units of the last of them.
    fn fixed<T: TryFrom<i64>>(&mut self, name: &str, decimals: usize) -> Result<T, String> {
        let text = self.next(name)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fraction = fraction.trim_end_matches('0');
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        if unsigned.is_empty() || !digits(unsigned) || !digits(fraction) || fraction.len() > decimals {
            return Err(format!("{name}: {text:?} is no number with at most {decimals} decimals"));
        }
        let value = format!("{whole}{fraction:0<decimals$}").parse::<i64>().ok();
        value
            .and_then(|value| T::try_from(value).ok())
            .ok_or_else(|| format!("{name}: {text} is out of range"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_to_the_last_digit() {
        let text = "1 1 20 2\n30 t 1.984266 4.17 300 12.2\n9 w 0.5 -3 1 2 300 0.68\n";
        let data = Dataset::parse(text).unwrap();
        let (worker, request) = (data.workers().next().unwrap(), data.requests().next().unwrap());
        assert_eq!((request.place, request.worth), (Point { x: 1_984_266, y: 4_170_000 }, 122));
        assert_eq!((worker.place, worker.radius), (Point { x: 500_000, y: -3_000_000 }, 1_000_000));
        assert_eq!((worker.rating.ppm(), worker.slots.len()), (680_000, 2));
        assert!(matches!(data.arrivals[0].1, Arrival::Worker(_)), "they come in order of time");
    }

    #[test]
    fn what_is_no_data_is_refused_with_its_line() {
        for (line, problem) in [
            ("", "begin is missing"),
            ("1", "kind is missing"),
            ("1 x 1 1 1 1", "\"x\" is neither w nor t"),
            ("NaN t 1 1 1 1", "begin: \"NaN\" is no number with at most 0 decimals"),
            ("1 t inf 1 1 1", "x: \"inf\" is no number with at most 6 decimals"),
            ("1 t 1 1e300 1 1", "y: \"1e300\" is no number with at most 6 decimals"),
            ("1 t 1 99999999999999999999 1 1", "y: 99999999999999999999 is out of range"),
            ("1 t 1 1 -1 1", "duration: -1 is out of range"),
            ("1 t 1 1 1 -1", "pay: -1 is out of range"),
            ("1 t 1 1 1 1 1", "more fields than expected"),
            ("1 w 1 1 1 1 1 1.1", "rating: 0 to 1000000 millionths are allowed, these are 1100000"),
            ("1 w 1 1 1 65 1 1", "capacity: at most 64"),
        ] {
            let read = Dataset::parse(&format!("0 1 1 1\n{line}\n"));
            assert_eq!(read, Err(BadLine { line: 2, problem: problem.to_owned() }));
        }
        assert!(Dataset::parse("").is_err());
        assert!(Dataset::parse("2 0 1 1\n").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(lines in proptest::collection::vec("[0-9]{0,3} [wtx]?( -?[0-9.eNa]{0,12}){0,7}", 0..5), any in ".{0,40}") {
            Dataset::parse(&format!("1 1 1 1\n{}", lines.join("\n"))).ok();
            Dataset::parse(&any).ok();
        }
    }
}
