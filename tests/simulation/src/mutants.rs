//! Mutants of the simulation's worlds: where production code could do without something, and histories in which it does.

use crate::bugs::{Bug, Plant};
use crate::runner::{History, World};
use futures_util::future::{BoxFuture, FutureExt};
use local::mutants::{Mutant, Site, writes};
use local::outside::{Answer, NoAnswer, Outside, OutsideCall};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The production code without what stands at a site, to be looked for in such histories.
pub fn mutant(site: &Site, world: World) -> Bug {
    let name = site.to_string();
    let planted = name.clone();
    let plant: Plant = Arc::new(move |inner| Arc::new(Mutant::new(inner, planted.clone())));
    Bug { name, contexts: crate::contexts, plant, world }
}

/// Every site that the first so many histories of a world come by.
pub fn sites(world: World, count: usize, steps: u64) -> BTreeSet<Site> {
    let seen: Arc<Mutex<BTreeSet<Site>>> = Arc::default();
    let noting = seen.clone();
    let plant: Plant = Arc::new(move |inner| Arc::new(Noting { inner, seen: noting.clone() }));
    let notes = Bug {
        name: "none".to_owned(),
        contexts: crate::contexts,
        plant,
        world,
    };
    for seed in world.seeds().take(count) {
        History::of(seed, steps, Some(&notes)).play(false);
    }
    std::mem::take(&mut *lock(&seen))
}

fn lock(seen: &Mutex<BTreeSet<Site>>) -> std::sync::MutexGuard<'_, BTreeSet<Site>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Noting {
    inner: Arc<dyn Outside>,
    seen: Arc<Mutex<BTreeSet<Site>>>,
}

impl Outside for Noting {
    fn call(&self, mut call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        let (function, operation) = (call.function, call.operation.clone());
        writes(&mut call, |kind, action| lock(&self.seen).extend(Site::of_action(function, kind, action)));
        let (seen, answered) = (self.seen.clone(), self.inner.call(call));
        async move {
            let answer = answered.await?;
            lock(&seen).extend(Site::of_answer(function, &operation, &answer));
            Ok(answer)
        }
        .boxed()
    }
}
