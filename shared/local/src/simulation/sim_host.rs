//! What the simulated functions run on: a clock that only the scheduler moves, randomness from the seed, sleeps and
//! outside calls that wait until the scheduler picks them.

use super::random::Random;
use crate::discretion::indiscretion;
use crate::outside::{Answer, NoAnswer, Outside, OutsideCall};
use futures_util::future::BoxFuture;
use kernel::Timestamp;
use platform::Host;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What waits for the scheduler.
pub(super) enum Wait {
    /// A call for its answer.
    Call(OutsideCall),
    /// A call for the invocation that it made.
    Invocation,
    /// A sleep for this time.
    Until(Timestamp),
}

pub(super) struct Waiting {
    pub task: u64,
    pub what: Wait,
    answer: Option<Result<Answer, NoAnswer>>,
    waker: Option<Waker>,
}

pub(super) struct State {
    pub now: Timestamp,
    pub task: u64,
    pub waiting: BTreeMap<u64, Waiting>,
    random: Random,
    next: u64,
    pub log: Vec<String>,
    pub keep_log: bool,
}

/// Shared by the scheduler and everything that waits for it.
#[derive(Clone)]
pub(super) struct SimHost(Arc<Mutex<State>>);

impl SimHost {
    pub fn new(seed: u64, keep_log: bool) -> Self {
        // 2026-01-05, a Monday, in the morning.
        let now = Timestamp::from_millis(1_767_600_000_000);
        let random = Random::new(seed ^ 0x5eed_0f40_57ab);
        let state = State {
            now,
            task: 0,
            waiting: BTreeMap::new(),
            random,
            next: 1,
            log: Vec::new(),
            keep_log,
        };
        Self(Arc::new(Mutex::new(state)))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, what: Wait) -> WaitFuture {
        let mut state = self.state();
        let (id, task) = (state.next, state.task);
        state.next += 1;
        state.waiting.insert(id, Waiting { task, what, answer: None, waker: None });
        WaitFuture { host: self.clone(), id }
    }

    /// The call that waits under `id` is being answered by an invocation: nothing else may happen to it.
    pub fn take_up(&self, id: u64) {
        if let Some(waiting) = self.state().waiting.get_mut(&id) {
            waiting.what = Wait::Invocation;
        }
    }

    /// Lets what waits under `id` go on. A sleep needs no answer.
    pub fn resume(&self, id: u64, answer: Result<Answer, NoAnswer>) {
        let waker = self.state().waiting.get_mut(&id).and_then(|waiting| {
            waiting.answer = Some(answer);
            waiting.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Completes when the scheduler resumes it.
struct WaitFuture {
    host: SimHost,
    id: u64,
}

impl Future for WaitFuture {
    type Output = Result<Answer, NoAnswer>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.host.state();
        match state.waiting.get_mut(&self.id) {
            None => Poll::Ready(Err(NoAnswer)),
            Some(waiting) => match waiting.answer.take() {
                Some(answer) => {
                    state.waiting.remove(&self.id);
                    Poll::Ready(answer)
                }
                None => {
                    waiting.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            },
        }
    }
}

impl Drop for WaitFuture {
    fn drop(&mut self) {
        self.host.state().waiting.remove(&self.id);
    }
}

impl Host for SimHost {
    fn now(&self) -> Timestamp {
        self.state().now
    }

    fn random(&self) -> u64 {
        self.state().random.next_u64()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let until = self.now().after(duration);
        let wait = self.wait(Wait::Until(until));
        Box::pin(async move {
            // Resumed or forgotten: the sleep is over.
            drop(wait.await);
        })
    }

    fn log(&self, line: &str) {
        assert_eq!(indiscretion(line), None, "a function logged this: {line}");
        let mut state = self.state();
        if state.keep_log {
            state.log.push(line.to_owned());
        }
    }
}

impl Outside for SimHost {
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        Box::pin(self.wait(Wait::Call(call)))
    }
}
