//! The pure domain of hiring: who is alike, what is drawn, what answers are worth, what tests say.

use hiring::answers::{Answer, NoAnswer, chosen};
use hiring::bank::{Question, parts};
use hiring::grading::{Mastery, percent};
use hiring::keys::Keys;
use hiring::likeness::Likeness;
use hiring::person::Person;
use hiring::settings::{AccountApplications, CandidateKeptDays, ReapplyDays};
use hiring::sitting::{Outcome, Paper, Sitting};
use kernel::{AccountId, ApplicationId, TestId, Text, Timestamp};
use platform::{Figure, SecretValues};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

fn keys(byte: u8) -> Keys {
    Keys::new(&SecretValues { current: vec![byte; 32], previous: None }).unwrap()
}

fn person(name: &str, birth_date: &str) -> Person {
    serde_json::from_value(json!({ "name": name, "birth_date": birth_date, "phone": "+442079460018" })).unwrap()
}

fn question(right: &[bool]) -> Question {
    let options: Vec<_> = right.iter().map(|right| json!({ "text": "x", "right": right })).collect();
    serde_json::from_value(json!({ "text": "?", "options": options })).unwrap()
}

fn app(n: u128) -> ApplicationId {
    ApplicationId::from_bits(n)
}

/// A test of this skill that was taken, or was not.
fn sat(n: u128, skill: &str, percent: u8, taken: bool) -> Sitting {
    let at = Timestamp::from_millis(0);
    let paper = Paper {
        edition: 1,
        questions: vec![0],
        skill: Text::new(skill).unwrap(),
        pass_percent: 60,
        begun_at: at,
        deadline: at,
    };
    let outcome = Outcome {
        percent,
        passed: percent >= 60,
        at,
        answers: taken.then(|| vec![1]),
    };
    Sitting {
        paper: Some(paper),
        outcome: Some(outcome),
        ..Sitting::assigned(TestId::from_bits(n), at)
    }
}

#[test]
fn one_person_is_recognised_however_the_name_is_spelt() {
    let keys = keys(7);
    let mark = |name, birth_date| keys.marks(&person(name, birth_date));
    let maria = mark("Алёна Петрова", "1990-05-17");
    for same in ["алена петрова", "ПЕТРОВА  АЛЁНА", " Петрова\u{a0}Алена "] {
        assert_eq!(mark(same, "1990-05-17"), maria, "{same}");
    }
    for (name, birth_date) in [
        ("Алёна Петрова", "1990-05-18"),
        ("Алёна Петровна", "1990-05-17"),
        ("АлёнаПетрова", "1990-05-17"),
    ] {
        assert_ne!(mark(name, birth_date), maria, "{name}");
    }
    assert_ne!(self::keys(8).marks(&person("Алёна Петрова", "1990-05-17")), maria, "under the key alone");
    assert!(
        Keys::new(&SecretValues { current: vec![7; 15], previous: None }).is_err(),
        "a key that can be guessed"
    );
}

#[test]
fn likenesses_are_bounded_and_can_be_forgotten() {
    let account = AccountId::from_bits;
    let mut likeness = Likeness::new("mark".to_owned());
    for n in 0..30 {
        likeness = likeness.with(app(n), account(n / 2));
    }
    let alike: Vec<_> = likeness.alike.iter().map(|one| one.application).collect();
    assert_eq!(alike, (10..30).map(app).collect::<Vec<_>>(), "the latest ones");
    assert_eq!(likeness.of_others(account(14)).len(), 18);
    assert_eq!(likeness.without(app(5)), None);
    assert_eq!(likeness.without(app(29)).unwrap().alike.len(), 19);
}

#[test]
fn answers_choose_what_they_say() {
    let questions = [
        question(&[true, false]),
        question(&[true, false, true]),
        question(&[false, true]),
    ];
    let answer = |question: usize, options: &[usize]| -> Answer {
        serde_json::from_value(json!({ "question": question, "options": options })).unwrap()
    };
    let given = [answer(3, &[2]), answer(1, &[1]), answer(2, &[3, 1, 3])];
    assert_eq!(chosen(&given, &questions), Ok(vec![0b1, 0b101, 0b10]));
    assert_eq!(chosen(&[answer(2, &[1])], &questions), Ok(vec![0, 0b1, 0]));
    assert_eq!(chosen(&[answer(4, &[1])], &questions), Err(NoAnswer(4)));
    assert_eq!(chosen(&[answer(1, &[3])], &questions), Err(NoAnswer(1)));
    assert_eq!(chosen(&[answer(1, &[1]), answer(1, &[1])], &questions), Err(NoAnswer(1)));
    assert_eq!(percent(&questions, &[0b1, 0b101, 0b10]), 100);
    assert_eq!(percent(&questions, &[0b1, 0b1, 0b10]), 66, "rounded down");
    assert_eq!(percent(&questions, &[0, 0, 0]), 0);
    assert!(questions[1].has_several() && !questions[0].has_several());
}

#[test]
fn a_level_grows_with_the_right_answers() {
    let mastery = |sittings: &[Sitting], in_spite| Mastery::of(sittings, in_spite);
    let level = |percent| mastery(&[sat(1, "windows", percent, true)], false).skills.into_values().next();
    for (percent, expected) in [
        (59, None),
        (60, Some(3)),
        (61, Some(4)),
        (80, Some(4)),
        (81, Some(5)),
        (100, Some(5)),
    ] {
        assert_eq!(level(percent), expected, "{percent}");
    }
    let both = mastery(
        &[
            sat(1, "windows", 60, true),
            sat(2, "windows", 95, true),
            sat(3, "floors", 70, true),
        ],
        false,
    );
    assert_eq!(both.skills.values().copied().collect::<Vec<_>>(), [4, 5], "the best of two counts");
    assert_eq!((both.strengths, both.weaknesses), (vec!["windows".to_owned()], vec!["floors".to_owned()]));
    let alike = mastery(&[sat(1, "windows", 95, true), sat(2, "floors", 100, true)], false);
    assert_eq!((alike.strengths.len(), alike.weaknesses.len()), (2, 0), "nothing is worst if all are the same");
    let in_spite = mastery(&[sat(1, "windows", 40, true), sat(2, "floors", 0, false)], true);
    assert_eq!(in_spite.skills.into_iter().collect::<Vec<_>>(), [(Text::new("windows").unwrap(), 1)]);
    assert_eq!(mastery(&[], true), Mastery::default());
}

#[test]
fn settings_are_read_or_refused() {
    assert_eq!(AccountApplications::read("3"), Ok(3));
    assert_eq!(ReapplyDays::read("0").map(|days| days.as_secs()), Ok(0));
    assert_eq!(CandidateKeptDays::read("180").map(|days| days.as_secs()), Ok(180 * 86_400));
    for wrong in ["", "-1", "3651", "x", "1.5"] {
        assert!(ReapplyDays::read(wrong).is_err() && CandidateKeptDays::read(wrong).is_err());
    }
    assert!(AccountApplications::read("0").is_err() && CandidateKeptDays::read("0").is_err());
}

proptest! {
    /// A draw is as many different questions of the test as it is to be, the same each time, and another one for
    /// another application, test or edition.
    #[test]
    fn a_draw_is_a_choice_of_the_questions(questions in 1u16..500, drawn in 1usize..100, seed: u8, n in 0u128..1000) {
        let (keys, test) = (keys(seed), TestId::from_bits(n));
        let draw = keys.draw(app(n), test, 1, questions, drawn);
        prop_assert_eq!(draw.len(), drawn.min(questions.into()));
        prop_assert_eq!(draw.iter().collect::<BTreeSet<_>>().len(), draw.len());
        prop_assert!(draw.iter().all(|number| *number < questions));
        prop_assert_eq!(&keys.draw(app(n), test, 1, questions, drawn), &draw);
        if questions > 100 && drawn > 20 {
            prop_assert_ne!(&keys.draw(app(n + 1), test, 1, questions, drawn), &draw);
            prop_assert_ne!(&keys.draw(app(n), test, 2, questions, drawn), &draw);
            prop_assert_ne!(&keys.draw(app(n), TestId::from_bits(n + 1), 1, questions, drawn), &draw);
        }
    }

    /// Parts hold every question once and in its order.
    #[test]
    fn parts_are_the_whole(count in 1usize..500) {
        let questions: Vec<Question> = (0..count).map(|n| question(&[n % 2 == 0, true])).collect();
        let parts = parts(TestId::from_bits(1), 3, &questions);
        prop_assert!(parts.iter().zip(0..).all(|(part, n)| part.part == n && part.edition == 3));
        let whole: Vec<Question> = parts.into_iter().flat_map(|part| part.questions).collect();
        prop_assert_eq!(whole, questions);
    }
}
