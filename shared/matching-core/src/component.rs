//! Connected components: what has no pair in common with the rest is matched apart from it, which keeps each assignment
//! small.

use crate::pairs::Pair;
use kernel::{RequestId, SlotId};
use std::collections::BTreeMap;

/// The pairs, by what is connected through requests and slots. Each component keeps the order of its pairs; components
/// come in the order of their first pairs.
pub fn components(pairs: &[Pair]) -> Vec<Vec<Pair>> {
    let mut forest = Forest { parents: (0..pairs.len()).collect() };
    let (mut by_request, mut by_slot) = (BTreeMap::<RequestId, usize>::new(), BTreeMap::<SlotId, usize>::new());
    for (index, pair) in pairs.iter().enumerate() {
        let earlier = [
            *by_request.entry(pair.request).or_insert(index),
            *by_slot.entry(pair.slot).or_insert(index),
        ];
        earlier.into_iter().for_each(|other| forest.unite(index, other));
    }
    let mut found = BTreeMap::<usize, Vec<Pair>>::new();
    for (index, pair) in pairs.iter().enumerate() {
        found.entry(forest.root(index)).or_default().push(*pair);
    }
    found.into_values().collect()
}

/// Disjoint sets; the root of a set is its lowest member. Paths are halved, so chains stay short.
struct Forest {
    parents: Vec<usize>,
}

impl Forest {
    fn parent(&self, of: usize) -> usize {
        self.parents.get(of).copied().unwrap_or(of)
    }

    fn root(&mut self, mut of: usize) -> usize {
        while self.parent(of) != of {
            let above = self.parent(self.parent(of));
            self.set(of, above);
            of = above;
        }
        of
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.set(one.max(other), one.min(other));
    }

    fn set(&mut self, of: usize, parent: usize) {
        if let Some(place) = self.parents.get_mut(of) {
            *place = parent;
        }
    }
}
