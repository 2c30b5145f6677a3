//! Mutants: production code without one of its conditions, or blind to what it wrote itself. Each is caught by the
//! simulation, or stands in `survivors.txt` with the reason why not.

use crate::bugs::requests::{unconditional, writes};
use crate::bugs::{Bug, Plant};
use crate::runner::{History, World};
use futures_util::future::{BoxFuture, FutureExt};
use local::outside::{Answer, NoAnswer, Outside, OutsideCall};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Where something can be left out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Site {
    /// The condition of a write.
    Condition {
        /// The function that writes.
        function: &'static str,
        /// `Put`, or an action of a transaction.
        action: String,
        /// What kind of item is written.
        item: String,
        /// The condition.
        condition: String,
    },
    /// A function sees in a refusal that its own lost write is there.
    Recognition {
        /// The function.
        function: &'static str,
        /// The operation that was refused.
        operation: String,
    },
}

impl fmt::Display for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Site::Condition { function, action, item, condition } => {
                write!(formatter, "{function}: {action} of {item} without `{condition}`")
            }
            Site::Recognition { function, operation } => {
                write!(formatter, "{function}: {operation} does not recognise what it wrote")
            }
        }
    }
}

impl Site {
    fn of_action(function: &'static str, kind: &str, action: &Value) -> Option<Self> {
        let key = if action["Item"].is_object() { &action["Item"] } else { &action["Key"] };
        let item = key["sk"]["S"].as_str()?.split('#').next()?.to_owned();
        let condition = action["ConditionExpression"].as_str()?.to_owned();
        Some(Site::Condition { function, action: kind.to_owned(), item, condition })
    }

    /// The production code without this, to be looked for in such histories.
    pub fn mutant(&self, world: World) -> Bug {
        let site = self.clone();
        let plant: Plant = Arc::new(move |inner| Arc::new(Mutant { inner, site: site.clone() }));
        Bug {
            name: self.to_string(),
            contexts: crate::contexts,
            plant,
            world,
        }
    }
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

/// Whether an answer refuses a write and shows what stands there.
fn shows_an_item(answer: &Answer) -> bool {
    answer.status == 400 && String::from_utf8_lossy(&answer.body).contains("\"by\"")
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
            if shows_an_item(&answer) {
                lock(&seen).insert(Site::Recognition { function, operation });
            }
            Ok(answer)
        }
        .boxed()
    }
}

struct Mutant {
    inner: Arc<dyn Outside>,
    site: Site,
}

impl Outside for Mutant {
    fn call(&self, mut call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        let function = call.function;
        writes(&mut call, |kind, action| {
            if Site::of_action(function, kind, action).as_ref() == Some(&self.site) {
                unconditional(action);
            }
        });
        let blind = self.site == Site::Recognition { function, operation: call.operation.clone() };
        let answered = self.inner.call(call);
        async move {
            let mut answer = answered.await?;
            if blind && shows_an_item(&answer) {
                let text = String::from_utf8_lossy(&answer.body).replace("\"by\"", "\"by-another\"");
                answer.body = text.into_bytes();
            }
            Ok(answer)
        }
        .boxed()
    }
}
