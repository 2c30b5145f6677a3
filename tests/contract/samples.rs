//! Every function can read its own trigger: the samples, as somebody would hand them to it.

use crate::json_file;
use local::stage::Stage;
use local::trigger::{HttpResponse, failures};
use platform::function::Trigger;

/// The answer of `function` to its sample.
fn answer(stage: &Stage, function: &str) -> Vec<u8> {
    let sample = json_file(format!("events/samples/{function}.json"));
    let answer = stage.invoke(function, sample.to_string().into_bytes());
    answer.unwrap_or_else(|error| panic!("{function} fails on its sample: {error}"))
}

#[test]
fn every_function_gives_a_proper_answer_to_its_sample() {
    for context in simulation::contexts() {
        for function in context.functions {
            let stage = Stage::new(simulation::contexts()).unwrap();
            let (name, bytes) = (function.name, answer(&stage, function.name));
            match function.trigger {
                Trigger::Http { .. } => {
                    let response = HttpResponse::of(&bytes);
                    let status = response.status_code;
                    // What is not there, not for sale, … is a proper answer, and so is that nobody has this password
                    // or has signed this; a bad token or body is not.
                    let is_unknown = status == 401 && response.json()["code"] != "token-invalid";
                    let is_unsigned = status == 400 && response.json()["code"] == "signature-invalid";
                    // Of the sample's job nobody told yet: it may be on its way.
                    let is_awaited = status == 503 && name == "request-supplies";
                    let is_proper =
                        matches!(status, 200..300 | 404 | 409 | 422) || is_unknown || is_unsigned || is_awaited;
                    assert!(is_proper, "{name}: {status} {}", response.body);
                }
                Trigger::Schedule(_) | Trigger::Direct => {
                    let answer: Result<serde_json::Value, _> = serde_json::from_slice(&bytes);
                    assert!(answer.is_ok(), "{name}: {}", String::from_utf8_lossy(&bytes));
                }
                Trigger::Events | Trigger::Foreign { .. } | Trigger::Stream => {
                    assert!(failures(&bytes).is_some(), "{name}: {}", String::from_utf8_lossy(&bytes));
                    let unread = stage
                        .log()
                        .into_iter()
                        .find(|line| line.contains("could not be read") || line.contains("is no CloudEvent"));
                    assert_eq!(unread, None, "{name}");
                }
            }
        }
    }
}

#[test]
fn the_samples_tell_one_story() {
    let stage = Stage::new(simulation::contexts()).unwrap();
    for (function, status) in [("set-product", 200), ("set-stock", 200), ("place-order", 422)] {
        let response = HttpResponse::of(&answer(&stage, function));
        assert_eq!(response.status_code, status, "{function}: {}", response.body);
    }
    stage.settle().unwrap();
    let response = HttpResponse::of(&answer(&stage, "place-order"));
    assert_eq!(response.status_code, 201, "the sample orders what the sample product sells: {}", response.body);
    for function in ["keep-price", "reserve-stock", "release-stock"] {
        assert_eq!(failures(&answer(&stage, function)).map(|failed| failed.len()), Some(0), "{function}");
    }
}
