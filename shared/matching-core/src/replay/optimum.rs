//! The best that anybody could reach who knew everything beforehand: the matching of greatest weight between tasks and
//! slots. A worker who does `c` tasks is `c` slots, so capacities are exact.

use crate::assignment::{Edge, assign};
use crate::replay::dataset::{Dataset, utility};
use kernel::{RequestId, SlotId};

/// The value of the best matching, in units of value. `None` if the prices do not prove that it is the best, which would
/// be a mistake of the solver.
pub fn optimum(data: &Dataset) -> Option<i128> {
    let edges = edges(data);
    let best = assign(&edges);
    best.proves_itself(&edges).then_some(best.weight)
}

fn edges(data: &Dataset) -> Vec<Edge<RequestId, SlotId>> {
    let workers: Vec<_> = data.workers().collect();
    let of_request = |request| {
        let feasible = workers.iter().filter_map(move |worker| Some((worker, utility(worker, request)?)));
        feasible.flat_map(move |(worker, weight)| {
            worker.slots.iter().map(move |slot| Edge { row: request.id, column: slot.id, weight })
        })
    };
    data.requests().flat_map(of_request).collect()
}
