//! `read-visit`.

use crate::support::{PRIVATE, STATES, nothing_private_is_logged, request_in};
use kernel::RequestId;
use serde_json::{Value, json};

#[test]
fn where_the_job_is_is_told_until_the_request_has_ended() {
    for state in STATES {
        let (stage, id) = request_in(state);
        let told = match state.is_open() {
            true => json!({ "description": PRIVATE[0], "address": PRIVATE[1], "contact": PRIVATE[2] }),
            false => Value::Null,
        };
        assert_eq!(stage.question("read-visit", &json!({ "request": id })), Some(told), "{state:?}");
        nothing_private_is_logged(&stage);
    }
}

#[test]
fn of_a_request_that_is_not_there_nothing_is_said() {
    let (stage, _) = request_in(STATES[0]);
    let answer = stage.question("read-visit", &json!({ "request": RequestId::from_bits(7) }));
    assert_eq!(answer, Some(Value::Null));
    assert_eq!(stage.question("read-visit", &json!({ "request": "7" })), None);
}
