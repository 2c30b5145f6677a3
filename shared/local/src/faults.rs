//! Faults to order: a decorator of the seam that lets a test say what becomes of each call, and remembers them all.

use crate::outside::{Answer, NoAnswer, Outside, OutsideCall};
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What becomes of a call.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It is answered.
    Answered,
    /// It takes effect, and the connection breaks before the answer comes.
    ReplyLost,
    /// The connection breaks before it takes effect.
    NeverSent,
    /// It takes no effect, and this is the answer.
    Instead(Answer),
}

/// Decides the fate of a call. It is asked before the call takes effect, and may do things of its own first: what
/// somebody else does at that very moment.
pub type Rule = Arc<dyn Fn(&OutsideCall) -> Fate + Send + Sync>;

/// Passes calls on as a rule says; without one, answers them all.
pub struct Faults {
    inner: Arc<dyn Outside>,
    rule: Mutex<Option<Rule>>,
    calls: Mutex<Vec<OutsideCall>>,
}

impl Faults {
    /// No faults before `inner` yet.
    pub fn new(inner: Arc<dyn Outside>) -> Self {
        Self { inner, rule: Mutex::default(), calls: Mutex::default() }
    }

    /// From now on this decides; `None`: every call is answered.
    pub fn set(&self, rule: Option<Rule>) {
        *lock(&self.rule) = rule;
    }

    /// The calls since the last time this was asked, in their order.
    pub fn take(&self) -> Vec<OutsideCall> {
        std::mem::take(&mut *lock(&self.calls))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Outside for Faults {
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        lock(&self.calls).push(call.clone());
        let rule = lock(&self.rule).clone();
        let fate = rule.map_or(Fate::Answered, |rule| rule(&call));
        match fate {
            Fate::Answered => self.inner.call(call),
            Fate::ReplyLost => {
                let applied = self.inner.call(call);
                Box::pin(async move { applied.await.and(Err(NoAnswer)) })
            }
            Fate::NeverSent => Box::pin(std::future::ready(Err(NoAnswer))),
            Fate::Instead(answer) => Box::pin(std::future::ready(Ok(answer))),
        }
    }
}
