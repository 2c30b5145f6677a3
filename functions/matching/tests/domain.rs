//! The domain of matching: what the directory tells, where workers are listed, towns, ratings.

use crate::support::{HERE, at, id_of, skills};
use kernel::{Place, RequestId, Skills, Text, Timestamp};
use matching::listing::{Listed, MAX_ENTRIES, blank, digest, entries};
use matching::record::{Ending, Job, Past, Review, Tally};
use matching::town::{GRIDS, Towns};
use matching::worker::{Base, Hired, Taken, Worker, day, facts};
use matching_core::{Share, Window};
use platform::Figure;
use proptest::prelude::*;

fn towns() -> Towns {
    Towns::read(Towns::DEFAULT).unwrap()
}

fn hour(hours: i64) -> Window {
    Window { from: at(hours), until: at(hours + 1) }
}

/// A worker with these skills who is free in these hours.
fn worker(masters: Skills, base: Base, hours: impl IntoIterator<Item = i64>) -> Worker {
    let mut worker = Worker::unknown(id_of(1));
    worker.hired = Some(Hired { skills: masters, epoch: 1, version: 1 });
    let windows: Vec<_> = hours.into_iter().map(hour).collect();
    worker.available(base, &windows, at(0)).unwrap()
}

fn base(place: Place, radius_m: u32) -> Base {
    Base { place, radius_m, speed_kmh: Some(20) }
}

fn taken(n: u128, from: Timestamp) -> Taken {
    Taken {
        request: RequestId::from_bits(n),
        attempt: 1,
        from,
        until: from,
        offer: None,
    }
}

prop_compose! {
    fn some_worker()(
        levels in prop::collection::btree_map("[a-zё ]{1,40}", 1..6u8, 0..16),
        north in -300_000..300_000i32, east in -300_000..300_000i32,
        radius in 100..20_001u32,
        hours in prop::collection::btree_set(0..700i64, 1..64),
        busy in prop::collection::btree_set(0..700i64, 0..20),
        jobs in 0..200u32, good in 0..200u32,
    ) -> Worker {
        let levels = levels.into_iter().filter_map(|(name, level)| Some((Text::new(&name).ok()?, level))).collect();
        let place = Place { latitude_e7: HERE.latitude_e7 + north, longitude_e7: HERE.longitude_e7 + east };
        let mut worker = worker(levels, base(place, radius), hours);
        for hour in busy {
            let slot = worker.slots.iter().find(|slot| slot.from == at(hour)).map(|slot| slot.id);
            if let Some(Ok(next)) = slot.map(|slot| worker.take(slot, taken(1, at(hour)), at(0))) {
                worker = next;
            }
        }
        worker.tally = Tally { good_ppm: u64::from(good.min(jobs)) * 1_000_000, jobs };
        worker
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// What the directory tells of a worker is what the worker's own item says.
    #[test]
    fn an_entry_tells_all_that_a_decision_needs(worker in some_worker()) {
        let town = towns();
        let listed = entries(&worker, &town, at(0));
        prop_assert_eq!(listed.is_empty(), worker.free(at(0)).next().is_none());
        prop_assert!(listed.len() <= MAX_ENTRIES);
        let Some(entry) = listed.first() else { return Ok(()) };
        let rank = entry.rank.as_ref().unwrap();
        prop_assert!(rank.len() <= 1024, "{} bytes", rank.len());
        let town = town.of(worker.base.unwrap().place);
        let told = Listed::read(worker.account, rank, town).unwrap();
        let truth = worker.candidate(town, at(0)).unwrap();
        prop_assert_eq!(told.for_skills(&truth.skills), truth);
        for known in &worker.jobs {
            prop_assert_eq!(facts(told.jobs(), known.day), facts(&worker.jobs, known.day));
        }
    }

    /// Whoever reaches a place is listed where a request there looks.
    #[test]
    fn whoever_reaches_a_place_is_listed_there(worker in some_worker(), north in -180_000..180_000i32) {
        let towns = towns();
        let base = worker.base.unwrap();
        let there = Place { latitude_e7: base.place.latitude_e7 + north, ..base.place };
        let town = towns.of(there);
        if !town.point(base.place).reaches(town.point(there), base.radius_m) {
            return Ok(());
        }
        let looked: Vec<_> = GRIDS.iter().enumerate().map(|(n, (_, grid))| town.partition(n, grid.cell(town.point(there)), "")).collect();
        let listed = entries(&worker, &towns, at(0));
        let here = listed.iter().filter(|entry| entry.cell.as_ref().is_some_and(|cell| looked.contains(cell))).count();
        prop_assert_eq!(here, usize::from(!listed.is_empty()), "in one of the two lists, once");
    }

    /// A job that is counted anew moves the sums by the difference, in whatever order its news come.
    #[test]
    fn sums_are_those_of_the_jobs(news in prop::collection::vec((0..5u128, 0..5u8), 0..40)) {
        let mut jobs = std::collections::BTreeMap::new();
        let (mut tally, mut past) = (Tally::default(), Past::none(id_of(9)));
        for (n, what) in news {
            let job = kernel::JobId::from_bits(n);
            let before = *jobs.entry(n).or_insert(Job { job, client: id_of(9), worker: id_of(1), ending: None, finding: None });
            let after = match what {
                0 => Job { ending: before.ending.or(Some(Ending::Completed)), ..before },
                1 => Job { ending: before.ending.or(Some(Ending::Failed)), ..before },
                2 => Job { finding: before.finding.or(Some(Review::Good)), ..before },
                3 => Job { finding: before.finding.or(Some(Review::Flawed)), ..before },
                _ => Job { finding: before.finding.or(Some(Review::Excused)), ..before },
            };
            tally = tally.recounted(before.counts(), after.counts());
            past = past.recounted(&after, before.counts(), after.counts(), at(0));
            jobs.insert(n, after);
        }
        let counted: Vec<_> = jobs.values().filter_map(Job::counts).collect();
        prop_assert_eq!(tally.jobs as usize, counted.len());
        prop_assert_eq!(tally.good_ppm, counted.iter().map(|share| u64::from(share.ppm())).sum::<u64>());
        prop_assert_eq!(past.result(id_of(1)), tally.mean());
    }
}

#[test]
fn what_is_no_rank_of_ours_is_nobody() {
    let towns = towns();
    let town = towns.of(HERE);
    for rank in [
        "",
        "020",
        "02000",
        "02000[]",
        "02000[1,2]",
        "ёёёёё[1]",
        "02000[1,2,3,null,1000001,{},[],[]]",
    ] {
        assert_eq!(Listed::read(id_of(1), rank, town), None, "{rank}");
    }
    let hostile = "02000[1,2,3,null,1000000,{},[9223372036854775807,1,1,1],[]]";
    assert!(Listed::read(id_of(1), hostile, town).unwrap().worker.slots.is_empty());
}

#[test]
fn a_worker_is_listed_in_four_cells_and_eleven_skills_at_most() {
    let many: Skills = (0..40).map(|n| (Text::new(&format!("skill {n}")).unwrap(), 1 + n % 5)).collect();
    for radius in [100, 5_000, 5_001, 20_000] {
        let listed = entries(&worker(many.clone(), base(HERE, radius), [1]), &towns(), at(0));
        assert_eq!(listed.len(), MAX_ENTRIES, "the corner of four cells, at {radius} m");
        let everybody = listed.iter().filter(|entry| entry.cell.as_ref().unwrap().ends_with('#')).count();
        assert_eq!(everybody, 4);
        let best = listed.iter().filter(|entry| entry.cell.as_ref().unwrap().ends_with("#skill 4")).count();
        assert_eq!(best, 4, "the best mastered skills");
    }
}

#[test]
fn nobody_is_listed_without_skills_said_a_base_and_free_time() {
    let listed = |worker: &Worker| entries(worker, &towns(), at(0)).len();
    let free = worker(skills(&[]), base(HERE, 100), [1]);
    assert_eq!(listed(&free), 4);
    assert_eq!(listed(&Worker { hired: None, ..free.clone() }), 0);
    assert_eq!(listed(&Worker { base: None, ..free.clone() }), 0);
    let slot = free.slots[0].id;
    assert_eq!(listed(&free.take(slot, taken(1, at(1)), at(0)).unwrap()), 0);
    assert_eq!(entries(&free, &towns(), at(2)).len(), 0, "its time is over");
    assert_ne!(digest(&[]), digest(&[blank(id_of(1), 0)]));
}

#[test]
fn the_better_rated_and_less_busy_come_first() {
    let free = worker(skills(&[]), base(HERE, 100), [1, 2]);
    let rank = |worker: &Worker| entries(worker, &towns(), at(0)).remove(0).rank.unwrap();
    let better = Worker {
        tally: Tally { good_ppm: 9_000_000, jobs: 9 },
        ..free.clone()
    };
    let busier = free.take(free.slots[0].id, taken(1, at(1)), at(0)).unwrap();
    assert!(rank(&better) < rank(&free) && rank(&free) < rank(&busier));
    let full = Worker { tally: Tally { good_ppm: 0, jobs: 1_000 }, ..free.clone() };
    assert!(rank(&free) < rank(&full));
}

#[test]
fn a_slot_is_taken_once_and_freed_by_its_own_attempt_alone() {
    let free = worker(skills(&[]), base(HERE, 100), [1, 2]);
    let slot = free.slots[0].id;
    let busy = free.take(slot, taken(1, at(1)), at(0)).unwrap();
    assert!(busy.take(slot, taken(2, at(1)), at(0)).is_err());
    assert_eq!(busy.release(RequestId::from_bits(2), 1, at(0)), None);
    assert_eq!(busy.release(RequestId::from_bits(1), 2, at(0)), None);
    assert_eq!(facts(&busy.jobs, day(at(1))).jobs_of_day, 1);
    let again = busy.release(RequestId::from_bits(1), 1, at(0)).unwrap();
    assert_eq!((again.slots, facts(&again.jobs, day(at(1)))), (free.slots, facts(&[], 0)));
    assert_eq!(again.account, id_of(1));
}

#[test]
fn ratings_begin_at_eighty_per_cent_and_move_with_each_job() {
    let rating = |good: u64, jobs| Tally { good_ppm: good * 1_000_000, jobs }.rating();
    assert_eq!(rating(0, 0), Share::of(80, 100));
    assert_eq!(rating(1, 1), Share::of(84, 100));
    assert_eq!(rating(0, 1), Share::of(64, 100));
    assert_eq!(rating(1_000, 1_000), Share::of(99, 100));
    assert_eq!(rating(0, 1_000_000), Share::NONE);
}

#[test]
fn towns_read_and_a_place_belongs_to_the_nearest() {
    let towns = towns();
    assert_eq!(towns.of(HERE).name, "moscow");
    assert_eq!(towns.of(Place { latitude_e7: 597_000_000, longitude_e7: 300_000_000 }).name, "petersburg");
    for wrong in [
        "",
        "moscow",
        "moscow:1",
        "moscow:1:2:3",
        "Moscow:1:2",
        "m:900000000:1",
        "m:1:1800000001",
        "a:1:1,",
        ":1:1",
    ] {
        assert!(Towns::read(wrong).is_err(), "{wrong}");
    }
}
