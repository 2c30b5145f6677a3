//! The domain of hiring: what holds whatever happens to an application.

use hiring::application::{Application, ApplicationEvent, Decided, State, Waiting};
use hiring::life::Next;
use hiring::person::Person;
use hiring::sitting::Paper;
use kernel::{AccountId, ApplicationId, TestId, Text, Timestamp};
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

const KEPT: Duration = Duration::from_secs(180 * 86_400);

/// Something that happens to an application.
#[derive(Clone, Debug)]
enum Happening {
    Assign(u8, u64),
    Begin(u8),
    Answer(u8, u8),
    CloseTests,
    Hire(bool),
    Reject,
    Withdraw,
    Undecided,
    Erase,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0..4u8, 1..10_000u64).prop_map(|(n, seconds)| Happening::Assign(n, seconds)),
        6 => (0..4u8).prop_map(Happening::Begin),
        6 => (0..4u8, 0..=100u8).prop_map(|(n, percent)| Happening::Answer(n, percent)),
        4 => Just(Happening::CloseTests),
        1 => any::<bool>().prop_map(Happening::Hire),
        1 => Just(Happening::Reject),
        1 => Just(Happening::Withdraw),
        2 => Just(Happening::Undecided),
        2 => Just(Happening::Erase),
    ]
}

fn person() -> Person {
    serde_json::from_value(json!({ "name": "M", "birth_date": "1990-05-17", "phone": "+442079460018" })).unwrap()
}

fn decided(override_reason: Option<String>) -> Decided {
    Decided {
        manager: AccountId::from_bits(3),
        override_reason,
        key: "key".to_owned(),
        fingerprint: "print".to_owned(),
    }
}

fn paper(n: u8, now: Timestamp) -> Paper {
    Paper {
        edition: 1,
        questions: vec![u16::from(n)],
        skill: Text::new(&format!("skill-{n}")).unwrap(),
        pass_percent: 60,
        begun_at: now,
        deadline: now.after(Duration::from_secs(1200)),
    }
}

fn happen(application: &Application, happening: &Happening, now: Timestamp) -> Option<Next> {
    let test = |n: u8| TestId::from_bits(n.into());
    match happening {
        Happening::Assign(n, seconds) => {
            application.assign(&[test(*n)], now.after(Duration::from_secs(*seconds)), now).ok().flatten()
        }
        Happening::Begin(n) => application.begin(test(*n), &paper(*n, now), now).ok().flatten(),
        Happening::Answer(n, percent) => application.answer(test(*n), &[*percent], *percent, now).ok().flatten(),
        Happening::CloseTests => application.close_overdue_tests(now),
        Happening::Hire(in_spite) => application.hire(decided(in_spite.then(|| "Why not".to_owned())), now).ok(),
        Happening::Reject => application.reject(decided(None), KEPT, now).ok(),
        Happening::Withdraw => application.withdraw(KEPT, now).ok().flatten(),
        Happening::Undecided => application.undecided(KEPT, now),
        Happening::Erase => application.erased(now).map(|application| (application, Vec::new())),
    }
}

/// What holds of every application.
fn check(application: &Application) {
    let awaited = application.sittings.iter().filter_map(hiring::sitting::Sitting::over_at).min();
    let (waiting, due) = (application.waiting, application.due);
    assert_eq!(waiting.is_some(), due.is_some(), "what waits has a deadline");
    match application.state {
        State::Received => assert!(application.sittings.is_empty() && waiting == Some(Waiting::Decision)),
        State::Testing => assert!(waiting == Some(Waiting::Test) && due == awaited && awaited.is_some()),
        State::Tested => assert!(waiting == Some(Waiting::Decision) && awaited.is_none()),
        State::Hired => assert_eq!((waiting, application.mastery.is_some()), (None, true)),
        State::Rejected | State::Withdrawn => {
            assert_eq!(waiting == Some(Waiting::Erasure), application.person.is_some());
        }
    }
    assert_eq!(application.closed_at.is_some(), !application.state.is_open());
    assert_eq!(application.person.is_some(), application.likeness.is_some());
    assert!(application.person.is_some() || !application.state.is_open(), "nobody is forgotten who waits");
    for sitting in &application.sittings {
        let (paper, outcome) = (sitting.paper.as_ref(), sitting.outcome.as_ref());
        if let Some(outcome) = outcome {
            let is_enough = paper.is_some_and(|paper| u32::from(outcome.percent) >= paper.pass_percent);
            assert_eq!(outcome.passed, is_enough);
            assert!(outcome.answers.is_some() || outcome.percent == 0);
            if outcome.answers.is_some() {
                assert!(outcome.at < paper.unwrap().deadline.after(Duration::from_secs(10)), "in time");
            }
        }
        assert!(paper.is_none_or(|paper| paper.begun_at < sitting.begin_until), "begun in time");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever happens in whatever order: what waits has a deadline, a test is taken once and in time, what was graded
    /// stays, what has ended has ended, and each thing is announced once.
    #[test]
    fn an_application_keeps_its_word_whatever_happens(
        steps in prop::collection::vec((happening(), prop_oneof![8 => 0..2_000u64, 1 => 0..20_000_000u64]), 0..60),
    ) {
        let (id, account) = (ApplicationId::from_bits(1), AccountId::from_bits(1));
        let (mut application, mut events) =
            Application::apply((id, account), person(), "mark".to_owned(), "print", Timestamp::from_millis(0));
        check(&application);
        let mut seconds = 0;
        for (happening, wait) in steps {
            seconds += wait;
            let now = Timestamp::from_millis(i64::try_from(seconds * 1000).unwrap());
            let before = application.clone();
            let Some((next, told)) = happen(&before, &happening, now) else { continue };
            application = next;
            events.extend(told);
            check(&application);
            let again = happen(&application, &happening, now);
            prop_assert!(again.is_none(), "the second time nothing happens: {:?}", happening);
            for (old, new) in before.sittings.iter().zip(&application.sittings) {
                prop_assert_eq!((old.test, old.begin_until), (new.test, new.begin_until));
                prop_assert!(old.paper.is_none() || old.paper == new.paper, "a paper stays");
                prop_assert!(old.outcome.is_none() || old.outcome == new.outcome, "an outcome stays");
            }
            prop_assert!(application.sittings.len() >= before.sittings.len());
            if !before.state.is_open() {
                prop_assert_eq!(application.state, before.state, "what has ended has ended");
                prop_assert_eq!(&application.decided, &before.decided);
            }
            if application.state == State::Hired {
                let passed = application.sittings.iter().any(|sitting| sitting.is_passed());
                let reason = application.decided.as_ref().and_then(|decided| decided.override_reason.as_ref());
                prop_assert!(passed || reason.is_some());
            }
        }
        let told = |event: &ApplicationEvent| events.iter().filter(|one| *one == event).count();
        for sitting in &application.sittings {
            prop_assert_eq!(told(&ApplicationEvent::TestAssigned(sitting.test)), 1);
            prop_assert_eq!(told(&ApplicationEvent::TestGraded(sitting.test)), usize::from(sitting.outcome.is_some()));
        }
        prop_assert_eq!(told(&ApplicationEvent::Received), 1);
        prop_assert_eq!(told(&ApplicationEvent::Hired), usize::from(application.state == State::Hired));
        prop_assert_eq!(told(&ApplicationEvent::Rejected), usize::from(application.state == State::Rejected));
    }
}
