//! The domain of requests: what holds whatever happens to one, in whatever order it is heard of.

use contracts::services::RequestEnd;
use kernel::{AccountId, Currency, Money, Place, RequestId, ServiceId, Text, Timestamp};
use proptest::prelude::*;
use services::life::Next;
use services::request::{Cancellation, Match, Ordered, RequestEvent, ServiceRequest, State, VisitNotes, Wish};
use services::window::Window;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000).after(Duration::from_secs(seconds))
}

fn made() -> ServiceRequest {
    let wish = Wish {
        order: Ordered {
            service: ServiceId::from_bits(1),
            name: Text::new("Window cleaning").unwrap(),
            price: Money::new(10_000, Currency::RUB),
            skills: BTreeMap::new(),
            duration_min: 60,
        },
        window: Window { from: at(86_400), until: at(100_000) },
        place: Place { latitude_e7: 0, longitude_e7: 0 },
        visit: VisitNotes {
            description: Text::new("Windows").unwrap(),
            address: Text::new("Here").unwrap(),
            contact: Text::new("Me").unwrap(),
        },
    };
    ServiceRequest::new(RequestId::from_bits(1), AccountId::from_bits(1), wish, "fingerprint", at(0))
}

/// Something that happens to a request.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Matched(u32),
    Ended(u32),
    Waiting,
    NeverMatched,
    Started,
    Over(RequestEnd),
    Released,
    Cancel,
    Sweep,
}

fn happening() -> impl Strategy<Value = Happening> {
    let end = prop_oneof![
        Just(RequestEnd::Completed),
        Just(RequestEnd::Failed),
        Just(RequestEnd::NoShow),
        Just(RequestEnd::Cancelled),
    ];
    // What leads on is likelier, so that many histories come far.
    prop_oneof![
        6 => (1..6u32).prop_map(Happening::Matched),
        6 => (1..6u32).prop_map(Happening::Ended),
        1 => Just(Happening::Waiting),
        1 => Just(Happening::NeverMatched),
        1 => Just(Happening::Started),
        1 => end.prop_map(Happening::Over),
        1 => Just(Happening::Released),
        1 => Just(Happening::Cancel),
        2 => Just(Happening::Sweep),
    ]
}

fn happen(request: &ServiceRequest, happening: Happening, now: Timestamp) -> Option<Next> {
    match happening {
        Happening::Matched(attempt) => {
            let worker = AccountId::from_bits(attempt.into());
            request.matched(Match { attempt, worker, from: at(90_000), until: at(93_600) }, now)
        }
        Happening::Ended(attempt) => request.unmatched_again(attempt, now),
        Happening::Waiting => request.waiting(),
        Happening::NeverMatched => request.never_matched(now),
        Happening::Started => request.started(now),
        Happening::Over(end) => request.over(end, now),
        Happening::Released => request.released(now),
        Happening::Cancel => request
            .cancel(Cancellation {
                key: "key".to_owned(),
                fingerprint: "fingerprint".to_owned(),
                reason: None,
                at: now,
                attempt: None,
            })
            .ok(),
        Happening::Sweep => request.overdue(now),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever happens in whatever order, each of it perhaps twice: what was agreed stays, a request ends once and says
    /// so once, cancels once, and never goes back from its work.
    #[test]
    fn a_request_keeps_its_word_whatever_happens(
        steps in prop::collection::vec((happening(), 0..3000u64, any::<bool>()), 0..60)
    ) {
        let agreed = made();
        let (mut request, mut events, mut seconds) = (agreed.clone(), Vec::new(), 0);
        for (happening, wait, twice) in steps {
            seconds += wait;
            for _ in 0..=usize::from(twice) {
                let Some((next, told)) = happen(&request, happening, at(seconds)) else { continue };
                prop_assert!(request.state.is_open(), "what has ended has ended: {:?} after {:?}", happening, request);
                prop_assert!(next != request, "{:?} changed nothing of {:?}", happening, request);
                prop_assert!(next.attempt >= request.attempt);
                if request.state == State::InProgress {
                    prop_assert!(next.state == State::InProgress || !next.state.is_open(), "work goes on or ends");
                }
                if request.state == State::Cancelling {
                    let goes_back = [State::Requested, State::Matched, State::Unmatched].contains(&next.state);
                    prop_assert!(!goes_back, "a cancellation stands, or work has begun");
                }
                events.extend(told);
                request = next;
            }
            let stands = request.matched.as_ref().map(|found| found.attempt);
            match request.state {
                State::Matched => prop_assert_eq!(stands, Some(request.attempt), "the last one"),
                State::Requested => prop_assert_eq!(stands, None),
                _ => {}
            }
            let states: BTreeSet<State> = request.timeline.iter().map(|step| step.state).collect();
            prop_assert_eq!(states.len(), request.timeline.len(), "each state once");
            prop_assert_eq!(request.timeline.last().map_or(State::Requested, |step| step.state), request.state);
            prop_assert!(request.timeline.windows(2).all(|pair| pair[0].at <= pair[1].at), "in its order");

            let untouched = ServiceRequest {
                state: agreed.state,
                timeline: Vec::new(),
                answered: false,
                attempt: 0,
                matched: None,
                cancelled: None,
                told_again_at: None,
                ..request.clone()
            };
            prop_assert_eq!(untouched, agreed.clone(), "what was agreed stays");
        }
        let ends = events.iter().filter(|event| matches!(event, RequestEvent::Ended(_))).count();
        prop_assert_eq!(ends, usize::from(!request.state.is_open()));
        let cancels = events.contains(&RequestEvent::Cancelled);
        prop_assert_eq!(cancels, request.cancelled.is_some());
    }

    /// Matches are heard of in any order, each perhaps twice: what stands in the end depends on what was said alone.
    #[test]
    fn matches_come_to_the_same_in_any_order(
        matches in 1..6u32, all_ended: bool, order: u64,
    ) {
        let mut said: Vec<Happening> = (1..=matches).map(Happening::Matched).collect();
        let ended = if all_ended { matches } else { matches - 1 };
        said.extend((1..=ended).map(Happening::Ended));
        let mut shuffled = [said.clone(), said].concat();
        let mut random = order;
        for n in (1..shuffled.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(n, usize::try_from(random >> 33).unwrap() % (n + 1));
        }
        let mut request = made();
        for happening in &shuffled {
            if let Some((next, _)) = happen(&request, *happening, at(0)) {
                request = next;
            }
        }
        let stands = request.matched.as_ref().map(|found| found.attempt);
        let expected = (!all_ended).then_some(matches);
        prop_assert_eq!(stands, expected, "{:?}", shuffled);
        let state = if all_ended { State::Requested } else { State::Matched };
        prop_assert_eq!(request.state, state);
    }
}
