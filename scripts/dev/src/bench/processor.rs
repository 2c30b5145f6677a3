//! Whose time the processor spends: each thread's clock is divided among owners, and an owner that calls another one
//! is not charged for it.

use rustix::time::{ClockId, clock_gettime};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

/// Who spends it, by number.
pub type Owner = usize;

/// Nobody of interest.
pub const REST: Owner = 0;

/// What everybody spent.
pub struct Spent {
    /// In nanoseconds, and how often somebody began to.
    owners: Vec<(AtomicU64, AtomicU64)>,
    /// What a look at the clock takes itself, in nanoseconds: nobody is charged for it.
    look: u64,
}

/// What somebody had spent at one moment, beginning so many times.
#[derive(Clone, Copy, Default, Debug)]
pub struct Taken {
    /// How long.
    pub time: Duration,
    /// How often.
    pub times: u64,
}

impl Taken {
    /// What came after `before`.
    pub fn since(self, before: Taken) -> Taken {
        Taken {
            time: self.time.saturating_sub(before.time),
            times: self.times.saturating_sub(before.times),
        }
    }
}

thread_local! {
    /// Whose time runs on this thread, and since when by the thread's clock.
    static RUNNING: Cell<(Owner, u64)> = const { Cell::new((REST, 0)) };
}

impl Spent {
    /// Nothing yet, by so many owners besides [`REST`].
    pub fn by(owners: usize) -> Self {
        const LOOKS: u64 = 10_000;
        let begun = thread_time();
        let last = (0..LOOKS).fold(begun, |_, _| thread_time());
        Self {
            owners: (0..=owners).map(|_| (AtomicU64::new(0), AtomicU64::new(0))).collect(),
            look: (last - begun) / LOOKS,
        }
    }

    /// So far, by owner.
    pub fn taken(&self) -> Vec<Taken> {
        let taken = |(time, times): &(AtomicU64, AtomicU64)| Taken {
            time: Duration::from_nanos(time.load(Ordering::Relaxed)),
            times: times.load(Ordering::Relaxed),
        };
        self.owners.iter().map(taken).collect()
    }

    /// Runs `work` on the time of `owner`.
    pub fn during<T>(&self, owner: Owner, work: impl FnOnce() -> T) -> T {
        let before = self.switch(owner);
        let done = work();
        self.switch(before);
        done
    }

    /// From now on the thread's time is `owner`'s; whose it was.
    fn switch(&self, owner: Owner) -> Owner {
        let now = thread_time();
        let (before, since) = RUNNING.replace((owner, now));
        self.owners[before].0.fetch_add((now - since).saturating_sub(self.look), Ordering::Relaxed);
        before
    }
}

/// How long this thread has run, in nanoseconds.
fn thread_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// A future on the time of its owner.
pub struct Timed<F: ?Sized> {
    owner: Owner,
    spent: Arc<Spent>,
    inner: Pin<Box<F>>,
}

impl<F: Future + ?Sized> Timed<F> {
    /// `inner`, on the time of `owner`.
    pub fn new(owner: Owner, spent: Arc<Spent>, inner: Pin<Box<F>>) -> Self {
        spent.owners[owner].1.fetch_add(1, Ordering::Relaxed);
        Self { owner, spent, inner }
    }
}

impl<F: Future + ?Sized> Future for Timed<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let (owner, spent) = (self.owner, self.spent.clone());
        spent.during(owner, || self.inner.as_mut().poll(context))
    }
}
