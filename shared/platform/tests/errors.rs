//! Errors: what the caller learns, what the log learns, what is worth another try.

use crate::things::{ask, stage};
use local::faults::Fate;
use local::outside::Answer;
use local::testing::problem;
use platform::{Error, Failure};
use serde_json::{Value, json};
use std::convert::Infallible;

#[test]
fn a_caller_learns_what_to_do_and_never_the_cause() {
    for (error, status, code, retryable) in [
        (Error::unavailable("secret cause"), 503, "try-again", true),
        (Error::contended("secret cause"), 503, "try-again", true),
        (Error::broken("secret cause"), 500, "internal", false),
    ] {
        assert!(error.to_string().ends_with("secret cause"), "the log has the cause");
        assert_eq!(error.retryable(), retryable, "{error}");
        let direct = error.problem();
        let through = Failure::<Infallible>::Failed(error).problem();
        assert_eq!(direct, through);
        assert_eq!((direct.status, direct.code, direct.retry_after.is_some()), (status, code, retryable));
        let told: Value = serde_json::to_value(&direct).unwrap();
        assert!(!told.to_string().contains("secret cause"));
        let mut members: Vec<&String> = told.as_object().unwrap().keys().collect();
        members.sort();
        assert_eq!(members, ["code", "detail", "status", "title", "type"]);
        assert_eq!(told["type"], format!("urn:yarmarka:problem:{code}"));
    }
}

/// An answer of DynamoDB, and what the caller of a function that got it each time is told.
#[test]
fn answers_of_the_table_are_tried_again_if_that_can_help() {
    let error = |status: u16, kind: &str| {
        let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "m" });
        Answer::new(status, body.to_string())
    };
    for (answer, attempts, status, code) in [
        (error(400, "ThrottlingException"), 8, 503, "try-again"),
        (error(400, "ProvisionedThroughputExceededException"), 8, 503, "try-again"),
        (error(400, "RequestLimitExceeded"), 8, 503, "try-again"),
        (error(400, "TransactionConflictException"), 8, 503, "try-again"),
        (error(500, "InternalServerError"), 8, 503, "try-again"),
        (error(503, "SomethingNew"), 8, 503, "try-again"),
        (Answer::new(502, b"<html>".to_vec()), 8, 503, "try-again"),
        (error(400, "ValidationException"), 1, 500, "internal"),
        (error(400, "AccessDeniedException"), 1, 500, "internal"),
        (error(400, "ResourceNotFoundException"), 1, 500, "internal"),
        (error(400, "SomethingNew"), 1, 500, "internal"),
    ] {
        let stage = stage();
        let (shown, answer) = (String::from_utf8_lossy(&answer.body).into_owned(), answer.clone());
        stage.interfere(move |_| Fate::Instead(answer.clone()));
        problem(&ask(&stage, &json!({ "do": "create", "name": "lamp", "note": "" })), status, code);
        assert_eq!(stage.calls().len(), attempts, "attempts after {shown}");
    }
}

#[test]
fn an_item_that_does_not_read_as_its_type_is_an_error_that_shows_no_internals() {
    let stage = stage();
    let strange = json!({ "Item": { "pk": { "S": "box" }, "sk": { "S": "thing" }, "v": { "N": "1" }, "colour": { "S": "red" } } });
    stage.interfere(move |call| match call.operation.as_str() {
        "GetItem" => Fate::Instead(Answer::new(200, strange.to_string().into_bytes())),
        _ => Fate::Answered,
    });
    let answer = ask(&stage, &json!({ "do": "replace", "name": "box", "note": "" }));
    problem(&answer, 500, "internal");
    assert!(stage.log().iter().any(|line| line.contains("does not read as its type")));
}
