//! The course of a request: whatever comes in whatever order, at most one job of it is settled, and a client who waits
//! for an answer gets one.

use jobs::course::{Birth, Course, CourseEvent, Fate, Turn};
use kernel::{AccountId, RequestId};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn new() -> Course {
    Course::new(RequestId::from_bits(1))
}

fn client() -> AccountId {
    AccountId::from_bits(1)
}

/// Something that happens to a request.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Matched(u32),
    Ended(u32),
    Cancelled(Option<u32>),
    Starts,
    Missed,
    Withdraws,
}

/// What became of a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Open,
    Closed,
    Withdrawn,
    Cancelled,
    Begun,
}

/// A course with its jobs.
struct World {
    course: Course,
    jobs: BTreeMap<u32, Outcome>,
    released: usize,
}

impl World {
    fn new() -> Self {
        Self { course: new(), jobs: BTreeMap::new(), released: 0 }
    }

    fn happen(&mut self, happening: Happening) {
        let open = self.course.open;
        match happening {
            Happening::Matched(attempt) => {
                if let Some(turn) = self.course.matched(attempt) {
                    self.take(turn, Some(attempt));
                }
            }
            Happening::Ended(attempt) => {
                if let Some(turn) = self.course.ended(attempt) {
                    self.take(turn, None);
                }
            }
            Happening::Cancelled(attempt) => {
                if let Some(turn) = self.course.cancelled(client(), attempt) {
                    self.take(turn, None);
                }
            }
            Happening::Starts | Happening::Missed => {
                if let Some(open) = open {
                    self.course = self.course.settle();
                    self.jobs.insert(open, Outcome::Begun);
                }
            }
            Happening::Withdraws => {
                if let Some(open) = open {
                    self.course = self.course.withdraw();
                    self.jobs.insert(open, Outcome::Withdrawn);
                }
            }
        }
    }

    fn take(&mut self, turn: Turn, attempt: Option<u32>) {
        if let Some((open, fate)) = turn.open {
            assert_eq!(self.jobs.get(&open), Some(&Outcome::Open), "only what waits is ended");
            let outcome = if fate == Fate::Cancelled { Outcome::Cancelled } else { Outcome::Closed };
            self.jobs.insert(open, outcome);
        }
        if let Some(birth) = turn.new {
            let outcome = if birth == Birth::Cancelled { Outcome::Cancelled } else { Outcome::Open };
            let known = self.jobs.insert(attempt.expect("a match"), outcome);
            assert_eq!(known, None, "a job is created once");
        }
        self.released += turn.events.iter().filter(|event| **event == CourseEvent::Released).count();
        self.course = turn.course;
    }
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        5 => (1..5u32).prop_map(Happening::Matched),
        4 => (1..5u32).prop_map(Happening::Ended),
        1 => prop::option::of(1..5u32).prop_map(Happening::Cancelled),
        1 => Just(Happening::Starts),
        1 => Just(Happening::Missed),
        1 => Just(Happening::Withdraws),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn of_one_request_one_job_at_most_is_settled(steps in prop::collection::vec(happening(), 0..30)) {
        let mut world = World::new();
        for step in steps {
            world.happen(step);
            let of = |outcome| world.jobs.values().filter(|known| **known == outcome).count();
            let settled = of(Outcome::Begun) + of(Outcome::Cancelled);
            prop_assert!(settled <= 1, "{:?} after {:?}", world.jobs, step);
            prop_assert_eq!(settled == 1, world.course.settled);
            prop_assert!(of(Outcome::Open) <= 1);
            let open = world.jobs.iter().find(|(_, outcome)| **outcome == Outcome::Open).map(|(attempt, _)| *attempt);
            prop_assert_eq!(open, world.course.open);
            prop_assert!(world.released + settled <= 1, "a release is told of what nobody settled");
            if let Some(cancelled) = world.course.cancelled {
                prop_assert_eq!(world.course.open, None, "after a cancellation nothing can begin");
                let answered = settled == 1 || world.released == 1;
                let owed = cancelled.attempt.is_some();
                prop_assert_eq!(cancelled.waits, owed && !answered);
                let came = cancelled.attempt.is_some_and(|attempt| attempt <= world.course.last);
                prop_assert!(!owed || !came || answered, "who knows of a match that came gets an answer");
                prop_assert!(owed || of(Outcome::Cancelled) == 0, "what the client never had is not paid");
            }
        }
    }

    /// Everything is heard twice, in any order: a client who cancelled a match is always answered in the end.
    #[test]
    fn a_client_who_cancelled_a_match_is_always_answered(matches in 1..5u32, seed: u64) {
        let mut said: Vec<Happening> = (1..=matches).map(Happening::Matched).collect();
        said.extend((1..matches).map(Happening::Ended));
        for known in 1..=matches {
            let mut all = [said.clone(), said.clone(), vec![Happening::Cancelled(Some(known)); 2]].concat();
            let mut random = seed;
            for n in (1..all.len()).rev() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                all.swap(n, usize::try_from(random >> 33).unwrap() % (n + 1));
            }
            let mut world = World::new();
            all.iter().for_each(|happening| world.happen(*happening));
            let cancelled = world.jobs.iter().filter(|(_, outcome)| **outcome == Outcome::Cancelled);
            let cancelled: Vec<u32> = cancelled.map(|(attempt, _)| *attempt).collect();
            prop_assert_eq!(cancelled.len() + world.released, 1, "{:?}", all);
            prop_assert!(cancelled.iter().all(|attempt| *attempt == known), "only what the client knew is paid");
            prop_assert_eq!(world.course.open, None);
        }
    }
}

#[test]
fn a_later_match_closes_the_earlier_job() {
    let mut world = World::new();
    for happening in [Happening::Matched(1), Happening::Matched(2), Happening::Ended(1)] {
        world.happen(happening);
    }
    assert_eq!(world.jobs, BTreeMap::from([(1, Outcome::Closed), (2, Outcome::Open)]));
}

#[test]
fn a_match_that_ended_before_it_was_heard_of_creates_nothing() {
    let mut world = World::new();
    for happening in [Happening::Ended(1), Happening::Matched(1)] {
        world.happen(happening);
    }
    assert!(world.jobs.is_empty());
    world.happen(Happening::Matched(2));
    assert_eq!(world.jobs, BTreeMap::from([(2, Outcome::Open)]));
}

#[test]
fn after_the_start_nothing_is_undone() {
    let mut world = World::new();
    world.happen(Happening::Matched(1));
    world.happen(Happening::Starts);
    for happening in [
        Happening::Ended(1),
        Happening::Cancelled(Some(1)),
        Happening::Matched(2),
    ] {
        world.happen(happening);
    }
    assert_eq!(world.jobs, BTreeMap::from([(1, Outcome::Begun)]));
    assert_eq!(world.released, 0);
}
