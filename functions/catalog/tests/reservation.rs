//! The domain of reservations.

use crate::support::{main, order, sku};
use catalog::reservation::{CHUNK, End, Goods, Next, Reservation, ReservationEvent, State, Step, Wanted, merged};
use catalog::stock::Counter;
use contracts::catalog::Shortage;
use contracts::orders::OrderedLine;
use kernel::{Sku, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;

const NOW: i64 = 1_767_600_000_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW)
}

fn goods(skus: std::ops::Range<usize>) -> Goods {
    skus.map(|n| (main(), sku(n), 1)).collect()
}

fn shortage() -> Vec<Shortage> {
    vec![Shortage { sku: sku(0), wanted: 1, available: 0 }]
}

/// What may happen to a reservation next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wish {
    Take,
    Short,
    Release,
    Commit,
    Finish,
    Return,
}

/// A reservation, and where the use cases have put the goods of each of its chunks.
#[derive(Debug)]
struct World {
    reservation: Reservation,
    chunks: Vec<Counter>,
    announced: Vec<ReservationEvent>,
}

impl World {
    fn new(skus: usize) -> Self {
        let reservation = Reservation::open(order(1), skus);
        let chunks = vec![Counter::Available; usize::from(reservation.chunks)];
        Self { reservation, chunks, announced: Vec::new() }
    }

    /// What the use cases would do; whether they would do anything.
    fn act(&mut self, wish: Wish) -> bool {
        let reserving = matches!(self.reservation.state, State::Reserving { .. });
        let step = match wish {
            Wish::Take if reserving => {
                let chunk = usize::from(self.reservation.held());
                if let Some(counter) = self.chunks.get_mut(chunk) {
                    assert_eq!(*counter, Counter::Available, "chunk {chunk} of {:?}", self.reservation);
                    *counter = Counter::Reserved;
                }
                let next = self.reservation.taken(&goods(0..1), now());
                self.go(next);
                return true;
            }
            Wish::Short if reserving => {
                let next = self.reservation.short(shortage(), now());
                self.go(next);
                return true;
            }
            Wish::Return if self.reservation.state == State::Committed => {
                self.reservation = self.reservation.with_return();
                return false;
            }
            Wish::Take | Wish::Short | Wish::Return => None,
            Wish::Release => self.reservation.release(now()),
            Wish::Commit => self.reservation.commit(now()),
            Wish::Finish => self.reservation.finish(now()),
        };
        step.map(|step| self.step(step)).is_some()
    }

    fn step(&mut self, Step { chunk, from, to, next }: Step) {
        if let Some(chunk) = chunk {
            let counter = &mut self.chunks[usize::from(chunk)];
            assert_eq!(*counter, from, "chunk {chunk} of {:?}", self.reservation);
            *counter = to;
        }
        self.go(next);
    }

    fn go(&mut self, (next, events): Next) {
        assert_eq!((next.order, next.chunks), (self.reservation.order, self.reservation.chunks));
        self.reservation = next;
        self.announced.extend(events);
    }

    /// What the state says of each chunk is so.
    fn holds_what_it_says(&self) {
        for (chunk, counter) in (0..).zip(&self.chunks) {
            assert_eq!(self.reservation.place_of(chunk), *counter, "chunk {chunk} of {:?}", self.reservation);
        }
    }

    fn lasts(&self) -> bool {
        use State::{Committed, Rejected, Released, Reserved};
        matches!(self.reservation.state, Reserved | Committed | Rejected { .. } | Released)
    }
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let wish = prop_oneof![
        12 => Just(Wish::Take),
        1 => Just(Wish::Short),
        2 => Just(Wish::Release),
        6 => Just(Wish::Commit),
        1 => Just(Wish::Finish),
        1 => Just(Wish::Return),
    ];
    prop::collection::vec(wish, 0..60)
}

proptest! {
    /// Whatever happens in whatever order: each chunk stands where the reservation says, every step moves one chunk from
    /// where it stands, a state that lasts was announced as what it is, and what does not last waits to be finished.
    #[test]
    fn goods_are_where_the_reservation_says(skus in 0..=600usize, wishes in wishes()) {
        let mut world = World::new(skus);
        for wish in wishes {
            let announced = world.announced.len();
            if !world.act(wish) {
                prop_assert_eq!(world.announced.len(), announced);
                continue;
            }
            world.holds_what_it_says();
            prop_assert_eq!(world.announced.len() - announced, usize::from(world.lasts()), "{:?}", world);
            prop_assert_eq!(world.reservation.waits.is_some(), !world.lasts(), "{:?}", world);
            let expected = match &world.reservation.state {
                State::Reserved => Some(ReservationEvent::Reserved),
                State::Committed => Some(ReservationEvent::Committed),
                State::Rejected { .. } => Some(ReservationEvent::Rejected),
                State::Released => Some(ReservationEvent::Released),
                _ => None,
            };
            if expected.is_some() {
                prop_assert_eq!(world.announced.last(), expected.as_ref());
            }
        }
        // What was left half done comes to an end, in no more steps than there are chunks.
        let was_reserving = matches!(world.reservation.state, State::Reserving { .. });
        if was_reserving && world.reservation.held() == 0 {
            return Ok(());
        }
        for _ in 0..=world.reservation.chunks {
            world.act(Wish::Finish);
        }
        prop_assert!(world.lasts(), "{:?}", world);
        if was_reserving {
            prop_assert_eq!(&world.reservation.state, &State::Rejected { short: vec![] });
        }
    }

    /// Cancelled or expired, paid: whichever comes first, and wherever they cross, the order ends released.
    #[test]
    fn a_cancelled_order_ends_released_whenever_it_is_paid(skus in 0..=600usize, commits in 0..10usize, crossing in prop::collection::vec(any::<bool>(), 30)) {
        let mut world = World::new(skus);
        while matches!(world.reservation.state, State::Reserving { .. }) {
            world.act(Wish::Take);
        }
        for _ in 0..commits {
            world.act(Wish::Commit);
        }
        world.act(Wish::Release);
        for release in crossing {
            world.act(if release { Wish::Release } else { Wish::Commit });
        }
        while world.act(Wish::Release) {}
        prop_assert_eq!(&world.reservation.state, &State::Released);
        prop_assert!(world.chunks.iter().all(|counter| *counter == Counter::Available));
        prop_assert!(!world.act(Wish::Commit) && !world.act(Wish::Release) && !world.act(Wish::Finish));
    }

    #[test]
    fn merged_lines_are_sorted_unique_and_lose_nothing(lines in prop::collection::vec((0..50usize, 1..=100_000u32), 0..1000)) {
        let ordered: Vec<OrderedLine> = lines.iter().map(|(n, quantity)| OrderedLine { sku: sku(*n), quantity: *quantity }).collect();
        let merged = merged(&ordered);
        prop_assert!(merged.windows(2).all(|pair| pair[0].sku < pair[1].sku));
        let mut sums: BTreeMap<Sku, u32> = BTreeMap::new();
        for (n, quantity) in lines {
            *sums.entry(sku(n)).or_default() += quantity;
        }
        let merged: BTreeMap<Sku, u32> = merged.into_iter().map(|Wanted { sku, quantity }| (sku, quantity)).collect();
        prop_assert_eq!(merged, sums);
    }
}

#[test]
fn each_step_leads_from_each_state_where_it_should() {
    use Counter::{Available, Gone, Reserved};
    let at = |state: State| Reservation { state, ..Reservation::open(order(1), 2 * CHUNK + 1) };
    let releasing = |left, aside, end| State::Releasing { left, aside, end };
    let rejected = || End::Rejected { short: shortage() };
    let late = || End::Rejected { short: Vec::new() };
    let (release, commit, finish) = (Wish::Release, Wish::Commit, Wish::Finish);
    let cases = [
        (State::Reserving { taken: 2 }, release, 1, Reserved, Available, releasing(1, 1, End::Released)),
        (State::Reserving { taken: 1 }, release, 0, Reserved, Available, State::Released),
        (State::Reserving { taken: 2 }, finish, 1, Reserved, Available, releasing(1, 1, late())),
        (State::Reserving { taken: 1 }, finish, 0, Reserved, Available, State::Rejected { short: vec![] }),
        (State::Reserved, release, 2, Reserved, Available, releasing(2, 2, End::Released)),
        (State::Reserved, commit, 2, Reserved, Gone, State::Committing { left: 2 }),
        (State::Committing { left: 2 }, commit, 1, Reserved, Gone, State::Committing { left: 1 }),
        (State::Committing { left: 2 }, finish, 1, Reserved, Gone, State::Committing { left: 1 }),
        (State::Committing { left: 1 }, commit, 0, Reserved, Gone, State::Committed),
        (State::Committing { left: 1 }, release, 2, Gone, Available, releasing(2, 1, End::Released)),
        (State::Committed, release, 2, Gone, Available, releasing(2, 0, End::Released)),
        (releasing(2, 1, End::Released), release, 1, Gone, Available, releasing(1, 1, End::Released)),
        (releasing(2, 2, rejected()), release, 1, Reserved, Available, releasing(1, 1, rejected())),
        (releasing(1, 1, rejected()), finish, 0, Reserved, Available, State::Rejected { short: shortage() }),
        (releasing(1, 0, End::Released), release, 0, Gone, Available, State::Released),
    ];
    for (from, wish, chunk, source, target, to) in cases {
        let reservation = at(from.clone());
        let step = match wish {
            Wish::Release => reservation.release(now()),
            Wish::Commit => reservation.commit(now()),
            _ => reservation.finish(now()),
        };
        let step = step.expect("there is a step");
        assert_eq!((step.chunk, step.from, step.to), (Some(chunk), source, target), "{wish:?} of {from:?}");
        assert_eq!(step.next.0.state, to, "{wish:?} of {from:?}");
    }
}

#[test]
fn what_has_ended_stays_as_it_is() {
    let at = |state: State| Reservation { state, ..Reservation::open(order(1), 1) };
    let (closed, events) = Reservation::closed(order(1));
    assert_eq!((&closed.state, events), (&State::Released, vec![ReservationEvent::Released]));
    for ended in [closed, at(State::Released), at(State::Rejected { short: shortage() })] {
        assert_eq!((ended.release(now()), ended.commit(now()), ended.finish(now())), (None, None, None));
    }
    let committed = at(State::Committed);
    assert_eq!((committed.commit(now()), committed.finish(now())), (None, None));
    assert!(committed.release(now()).is_some(), "a paid order may be cancelled until it is packed");
    assert_eq!(committed.with_return().release(now()), None, "what came back was delivered");
    assert_eq!(at(State::Reserved).finish(now()), None, "it waits for the payment, not for us");
}

#[test]
fn only_a_reservation_of_one_chunk_holds_its_goods() {
    for (skus, inline) in [(0, false), (1, true), (CHUNK, true), (CHUNK + 1, false), (1000, false)] {
        let (taken, _) = Reservation::open(order(1), skus).taken(&goods(0..1), now());
        assert_eq!(!taken.goods.is_empty(), inline, "{skus} SKUs");
        assert_eq!(usize::from(taken.chunks), skus.div_ceil(CHUNK));
    }
}

#[test]
fn a_wait_begins_once_and_ends() {
    let later = Timestamp::from_millis(NOW + 1000);
    let (first, _) = Reservation::open(order(1), 3 * CHUNK).taken(&goods(0..1), now());
    let (second, _) = first.taken(&goods(0..1), later);
    assert_eq!(second.waits.as_ref().map(|waits| waits.since), Some(now()));
    let (third, _) = second.taken(&goods(0..1), later);
    assert_eq!((third.state.clone(), third.waits.clone()), (State::Reserved, None));
    let (committing, _) = third.commit(later).unwrap().next;
    assert_eq!(committing.waits.map(|waits| waits.since), Some(later), "another wait");
}

#[test]
fn an_order_of_nothing_is_reserved_committed_and_released_like_any_other() {
    let nothing = Goods::default();
    let (reserved, events) = Reservation::open(order(1), 0).taken(&nothing, now());
    assert_eq!((&reserved.state, events), (&State::Reserved, vec![ReservationEvent::Reserved]));
    let commit = reserved.commit(now()).unwrap();
    assert_eq!((commit.chunk, &commit.next.0.state), (None, &State::Committed));
    for held in [reserved, commit.next.0] {
        let release = held.release(now()).unwrap();
        assert_eq!((release.chunk, &release.next.0.state), (None, &State::Released));
    }
}

#[test]
fn quantities_that_no_count_can_hold_become_the_largest_one() {
    let line = OrderedLine { sku: sku(0), quantity: u32::MAX };
    assert_eq!(merged(&[line.clone(), line])[0].quantity, u32::MAX, "which no shelf has, so it is short");
}
