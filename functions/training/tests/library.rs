//! The library and the programmes.

use crate::support::{EXERCISE, PROGRAMME, calendar, editor, enrol, good, plan, stage, stranger};
use kernel::{ExerciseId, Role};
use local::testing::{only_for, problem};
use serde_json::json;

#[test]
fn an_editor_keeps_exercises_and_all_who_are_signed_in_read_them() {
    let stage = stage();
    let ask = || stage.ask("set-exercise").by(&editor()).at(EXERCISE);
    let listed = good(&stage.ask("list-exercises").by(&stranger()).get());
    assert_eq!(listed["items"][0]["name"], "Squat");
    let other = json!({"name": "Присед", "sport": "strength", "how": "Спина прямая."});
    problem(&ask().header("if-match", "\"7\"").send(&other), 412, "version-changed");
    assert_eq!(good(&ask().header("if-match", "\"1\"").send(&other))["edition"], 2);
    assert_eq!(good(&ask().header("if-match", "\"1\"").send(&other))["edition"], 2, "it is so already");
    only_for(Role::Editor, || stage.ask("set-exercise").at(EXERCISE));
    only_for(Role::Editor, || stage.ask("set-programme").at(PROGRAMME));
}

#[test]
fn a_programme_without_sessions_is_none() {
    let stage = stage();
    let set = |body| stage.ask("set-programme").by(&editor()).at(PROGRAMME).send(&body);
    let mut empty = plan("hold");
    empty["weeks"] = json!([{"sessions": []}, {"sessions": []}]);
    problem(&set(empty), 422, "empty-programme");
    let mut strange = plan("hold");
    strange["weeks"][0]["sessions"][0]["exercises"][0]["exercise"] = json!(ExerciseId::from_bits(99));
    assert_eq!(problem(&set(strange), 422, "no-such-exercise")["exercises"], json!([ExerciseId::from_bits(99)]));
    let mut long = plan("hold");
    long["weeks"] = json!(vec![long["weeks"][0].clone(); 53]);
    assert_eq!(set(long).status_code, 400);
}

#[test]
fn a_programme_too_large_for_an_item_is_refused() {
    let stage = stage();
    let mut huge = plan("hold");
    let exercises = vec![json!({"exercise": EXERCISE, "sets": 20, "repetitions": 200}); 12];
    let session = json!({"day": 1, "sport": "other", "title": "ы".repeat(120), "minutes": 600, "exercises": exercises});
    huge["weeks"] = json!(vec![json!({"sessions": vec![session; 7]}); 18]);
    problem(&stage.ask("set-programme").by(&editor()).at(PROGRAMME).send(&huge), 422, "programme-too-large");
    huge["weeks"].as_array_mut().unwrap().pop();
    assert_eq!(good(&stage.ask("set-programme").by(&editor()).at(PROGRAMME).send(&huge))["edition"], 2);
}

#[test]
fn who_enrolled_goes_on_with_the_edition_of_that_day() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    let before = calendar(&stage, "2030-01-07", "2030-02-03");
    let mut other = plan("hold");
    other["weeks"] = json!([{"sessions": [other["weeks"][0]["sessions"][0].clone()]}]);
    assert_eq!(good(&stage.ask("set-programme").by(&editor()).at(PROGRAMME).send(&other))["edition"], 2);
    assert_eq!(calendar(&stage, "2030-01-07", "2030-02-03"), before);
    let now = good(&stage.ask("get-programme").by(&stranger()).at(PROGRAMME).get());
    assert_eq!(now["plan"]["weeks"].as_array().unwrap().len(), 1);
    assert_eq!(good(&stage.ask("list-programmes").by(&stranger()).get())["items"][0]["weeks"], 1);
}
