//! What ours is compared with: greed, and batches in fixed windows. Neither uses the pipeline, the plan or the directory.

use crate::assignment::{Edge, assign};
use crate::replay::dataset::{Arrival, Dataset, utility};
use crate::replay::tally::Tally;
use crate::request::Request;
use crate::worker::Worker;
use kernel::Timestamp;

/// Who and what is there and not yet matched.
#[derive(Default)]
struct Open<'a> {
    requests: Vec<&'a Request>,
    /// With how many tasks the worker can still take.
    workers: Vec<(&'a Worker, usize)>,
}

impl<'a> Open<'a> {
    fn arrive(&mut self, arrival: &'a Arrival) {
        match arrival {
            Arrival::Worker(worker) => self.workers.push((worker, worker.slots.len())),
            Arrival::Request(request) => self.requests.push(request),
        }
    }

    fn leave(&mut self, now: Timestamp) {
        self.requests.retain(|request| request.start.until > now);
        self.workers
            .retain(|(worker, free)| *free > 0 && worker.slots.iter().any(|slot| slot.window.until > now));
    }

    fn take(&mut self, request: &Request, worker: &Worker) {
        self.requests.retain(|other| other.id != request.id);
        for (other, free) in &mut self.workers {
            if other.id == worker.id {
                *free = free.saturating_sub(1);
            }
        }
    }
}

/// Whoever arrives takes the best that is there at once, as the authors' `Greedy.cpp` does.
pub fn greedy(data: &Dataset) -> Tally {
    let mut open = Open::default();
    let mut tally = Tally::default();
    for (now, arrival) in &data.arrivals {
        open.leave(*now);
        open.arrive(arrival);
        let pairs = open
            .workers
            .iter()
            .flat_map(|(worker, _)| open.requests.iter().map(move |request| (*worker, *request)));
        // Only pairs with who has just arrived can be there: all earlier ones were taken.
        let best = pairs.filter_map(|(worker, request)| Some((utility(worker, request)?, worker, request)));
        let best = best
            .filter(|(value, ..)| *value > 0)
            .reduce(|best, other| if other.0 > best.0 { other } else { best });
        tally.decisions = tally.decisions.saturating_add(1);
        if let Some((value, worker, request)) = best {
            tally.assigned(worker.id, value, request.placed_at, *now);
            open.take(request, worker);
        }
    }
    tally
}

/// Every `window_ms` all who are there are matched as well as possible, and all of that is final.
pub fn fixed_windows(data: &Dataset, window_ms: i64) -> Tally {
    let window_ms = window_ms.max(1);
    let mut open = Open::default();
    let mut tally = Tally::default();
    let mut arrivals = data.arrivals.iter().peekable();
    while let Some((first, _)) = arrivals.peek() {
        let ends = first.as_millis().saturating_add(window_ms - 1).div_euclid(window_ms).saturating_mul(window_ms);
        let now = Timestamp::from_millis(ends);
        while let Some((_, arrival)) = arrivals.next_if(|(at, _)| *at <= now) {
            open.arrive(arrival);
        }
        open.leave(now);
        match_all(&mut open, &mut tally, now);
    }
    tally
}

fn match_all(open: &mut Open<'_>, tally: &mut Tally, now: Timestamp) {
    let mut edges = Vec::new();
    for (row, request) in open.requests.iter().enumerate() {
        for (worker, free) in &open.workers {
            if let Some(weight) = utility(worker, request) {
                edges.extend((0..*free).map(|number| Edge { row, column: (worker.id, number), weight }));
            }
        }
    }
    let requests = open.requests.clone();
    let workers = open.workers.clone();
    for (row, (worker, _)) in assign(&edges).pairs {
        let request = requests.get(row);
        let worker = workers.iter().find(|(other, _)| other.id == worker);
        if let (Some(request), Some((worker, _))) = (request, worker) {
            tally.assigned(worker.id, utility(worker, request).unwrap_or_default(), request.placed_at, now);
            open.take(request, worker);
        }
    }
    tally.decisions = tally.decisions.saturating_add(1);
}
