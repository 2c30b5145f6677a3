//! A manager edits the pipeline: what is wrong is said field by field.

use crate::world::step;
use matching_core::draft::MAX_STEPS;
use matching_core::step::StepName;
use matching_core::*;

#[track_caller]
fn check(change: impl FnOnce(&mut PipelineDraft), expected: &[(&str, &str)]) {
    let mut draft = PipelineDraft::default();
    change(&mut draft);
    let problems = Pipeline::first(&draft).err().map_or(Vec::new(), |problems| problems.0);
    let found: Vec<_> = problems.iter().map(|one| (one.field.as_str(), one.problem.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_comes_with_it_is_valid_and_has_every_step() {
    let pipeline = Pipeline::first(&PipelineDraft::default()).unwrap();
    let mut names: Vec<_> = pipeline.steps().iter().map(|one| one.step.name()).collect();
    names.sort_unstable();
    use StepName::*;
    assert_eq!(names, [Distance, SkillLevel, Rating, Load, Fairness, PastResult]);
    assert_eq!(names.len(), MAX_STEPS);
}

#[test]
fn steps_are_checked() {
    check(|draft| draft.steps.clear(), &[("steps", "at least one step is needed")]);
    check(
        |draft| draft.steps = vec![step("rating", 1); 7],
        &[("steps", "at most 6 steps are allowed, these are 7")],
    );
    check(
        |draft| draft.steps = vec![step("rating", 1); 1_000_000],
        &[("steps", "at most 6 steps are allowed, these are 1000000")],
    );
    check(
        |draft| draft.steps = vec![step("rating", 1), step("rating", 2)],
        &[("steps[1].step", "there is another step rating")],
    );
    check(
        |draft| draft.steps = vec![step("rating", 1), step("astrology", 2)],
        &[("steps[1].step", "there are the steps distance, skill-level, rating, load, fairness and past-result")],
    );
}

#[test]
fn weights_are_checked() {
    check(|draft| draft.steps[1].weight = -1, &[("steps[1].weight", "0 to 1000 are allowed, this is -1")]);
    check(|draft| draft.steps[1].weight = 1_001, &[("steps[1].weight", "0 to 1000 are allowed, this is 1001")]);
    check(|draft| draft.steps[0].weight = 0, &[]);
    check(|draft| draft.steps = vec![step("rating", 0)], &[("steps", "one weight at least must be above 0")]);
    check(
        |draft| draft.steps[0].at_least_ppm = 1_000_001,
        &[("steps[0].at_least_ppm", "0 to 1000000 are allowed, this is 1000001")],
    );
}

#[test]
fn parameters_are_checked() {
    let set = |name: &'static str, value| {
        move |draft: &mut PipelineDraft| {
            draft.steps[0].parameters.insert(name.to_owned(), value);
        }
    };
    check(set("reach", 0), &[("steps[0].parameters.reach", "1 to 1000000000 are allowed, this is 0")]);
    check(
        set("reach", i64::MIN),
        &[("steps[0].parameters.reach", "1 to 1000000000 are allowed, this is -9223372036854775808")],
    );
    check(set("rech", 1), &[("steps[0].parameters.rech", "the step distance has no such parameter")]);
    check(
        |draft| draft.steps[0].parameters.clear(),
        &[("steps[0].parameters.reach", "the step distance needs it")],
    );
}

#[test]
fn the_policy_is_checked_and_everything_is_said_at_once() {
    check(
        |draft| {
            draft.steps[0].weight = i64::MAX;
            draft.policy = PolicyDraft {
                candidates: 33,
                look_at: 0,
                reservation_ppm: -1,
                tick_s: 0,
                hold_s: 3_601,
                offer_timeout_s: -5,
            };
        },
        &[
            ("steps[0].weight", "0 to 1000 are allowed, this is 9223372036854775807"),
            ("policy.tick_s", "1 to 120 are allowed, this is 0"),
            ("policy.hold_s", "0 to 3600 are allowed, this is 3601"),
            ("policy.offer_timeout_s", "0 to 900 are allowed, this is -5"),
            ("policy.candidates", "16 to 32 are allowed, this is 33"),
            ("policy.look_at", "16 to 256 are allowed, this is 0"),
            ("policy.reservation_ppm", "0 to 1000000 are allowed, this is -1"),
        ],
    );
    check(
        |draft| draft.policy = PolicyDraft { candidates: 32, look_at: 31, ..PolicyDraft::default() },
        &[("policy.look_at", "at least as many must be looked at as are scored")],
    );
}

#[test]
fn each_revision_is_a_version_and_is_kept_as_it_was_written() {
    let first = Pipeline::first(&PipelineDraft::default()).unwrap();
    let draft = PipelineDraft {
        steps: vec![step("load", 3), step("distance", 1)],
        policy: PolicyDraft { hold_s: 60, ..PolicyDraft::default() },
    };
    let second = first.revise(&draft).unwrap();
    assert_eq!((first.version(), second.version()), (1, 2));
    assert_eq!(PipelineDraft::from(&second), draft);

    let stored = serde_json::to_string(&second).unwrap();
    assert_eq!(serde_json::from_str::<Pipeline>(&stored).unwrap(), second);
    let error = serde_json::from_str::<Pipeline>(&stored.replace("\"weight\":3", "\"weight\":-3"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("steps[0].weight: 0 to 1000 are allowed, this is -3"), "{error}");
}

#[test]
fn unknown_fields_and_numbers_that_are_none_are_refused() {
    let refused = |json: &str| serde_json::from_str::<PipelineDraft>(json).unwrap_err().to_string();
    assert!(refused(r#"{"steps": [], "stepz": []}"#).contains("unknown field `stepz`"));
    assert!(refused(r#"{"steps": [{"step": "rating", "weight": 1.5}]}"#).contains("expected i64"));
    assert!(refused(r#"{"steps": [{"step": "rating", "weight": NaN}]}"#).contains("expected"));
    assert!(refused(r#"{"steps": [{"step": "rating", "weight": 1, "wait": 2}]}"#).contains("unknown field `wait`"));
    assert!(refused(r#"{"steps": [], "policy": {"tick": 2}}"#).contains("unknown field `tick`"));
}
