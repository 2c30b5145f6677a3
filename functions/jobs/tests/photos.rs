//! `create-photo-upload`, and what a photo is.

use crate::support::{
    HOUR, KEY, MINUTE, NO_JOBS, STATES, colleague, job_id, job_in, photo, ready, step, upload, worker, writes,
};
use jobs::job::{Shelf, State};
use kernel::Role;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};

fn sign(stage: &Stage, key: &str, body: &Value) -> HttpResponse {
    stage.ask("create-photo-upload").by(&worker()).at(job_id(1)).key(key).send(body)
}

fn jpeg(length: u32) -> Value {
    json!({ "content_type": "image/jpeg", "length": length })
}

#[test]
fn only_workers_upload() {
    let stage = ready();
    only_for(Role::Worker, || stage.ask("create-photo-upload").key(KEY).at(job_id(1)));
}

#[test]
fn a_photo_is_uploaded_as_it_was_signed_for() {
    let stage = ready();
    stage.calls();
    let answer = sign(&stage, KEY, &json!({ "content_type": "image/png", "length": 4 }));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    assert!(!stage.calls().iter().any(writes), "nothing is written");
    let signed = answer.json();
    assert_eq!(signed["headers"], json!({ "content-length": "4", "content-type": "image/png" }));
    assert_eq!(signed["expires_at"], json!(stage.now().after(15 * MINUTE)));
    assert_eq!(upload(&stage, &signed, b"%png"), 200);
    let kept = stage.cloud.objects().uploaded.clone();
    let place = format!("local-job-photos/jobs/{}/{}", job_id(1), signed["photo"].as_str().unwrap());
    assert_eq!(kept.keys().collect::<Vec<_>>(), [&place], "under the job's own prefix");
    assert_eq!(kept[&place].content_type, "image/png");
}

#[test]
fn the_same_request_again_names_the_same_photo_and_another_key_another() {
    let stage = ready();
    let first = sign(&stage, KEY, &jpeg(3)).json();
    stage.pass(HOUR);
    let again = sign(&stage, KEY, &jpeg(3)).json();
    assert_eq!(again["photo"], first["photo"]);
    assert_eq!(upload(&stage, &first, b"jpg"), 403, "it has expired");
    assert_eq!(upload(&stage, &again, b"jpg"), 200);
    assert_ne!(sign(&stage, "another-key-than-before", &jpeg(3)).json()["photo"], first["photo"]);
}

#[test]
fn nothing_else_can_be_put_than_what_was_signed_for() {
    let stage = ready();
    let signed = sign(&stage, KEY, &jpeg(3)).json();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = signed.clone();
        change(&mut changed);
        changed
    };
    let elsewhere = signed["url"].as_str().unwrap().replace("jobs/job_", "jobs/job_0");
    let longer = signed["url"].as_str().unwrap().replace("X-Amz-Expires=900", "X-Amz-Expires=90000");
    for (forged, bytes) in [
        (with(&|signed| signed["url"] = json!(elsewhere)), b"jpg".as_slice()),
        (with(&|signed| signed["url"] = json!(longer)), b"jpg".as_slice()),
        (with(&|signed| signed["headers"]["content-type"] = json!("text/html")), b"jpg".as_slice()),
        (with(&|signed| signed["headers"]["content-length"] = json!("4")), b"jpeg".as_slice()),
        (
            with(&|signed| drop(signed["headers"].as_object_mut().unwrap().remove("content-length"))),
            b"jpg".as_slice(),
        ),
    ] {
        assert_eq!(upload(&stage, &forged, bytes), 403, "{forged}");
    }
    assert_eq!(upload(&stage, &signed, b"more"), 400, "a body is as long as its header says");
    assert!(stage.cloud.objects().uploaded.is_empty());
}

#[test]
fn what_is_no_photo_starts_no_job() {
    let stage = ready();
    let photo = photo(&stage, "a-photo-of-the-place");
    let place = format!("local-job-photos/jobs/{}/{photo}", job_id(1));
    stage.cloud.objects().uploaded.get_mut(&place).unwrap().content_type = "text/html".to_owned();
    let start = json!({ "photo": photo, "confirmed": true });
    problem(&step(&stage, "start-job", KEY, &start), 422, "photo-missing");
    let mut objects = stage.cloud.objects();
    let object = objects.uploaded.get_mut(&place).unwrap();
    object.content_type = "image/png".to_owned();
    object.bytes.clear();
    drop(objects);
    problem(&step(&stage, "start-job", KEY, &start), 422, "photo-missing");
    stage.cloud.objects().uploaded.get_mut(&place).unwrap().bytes = vec![0; 10 * 1024 * 1024 + 1];
    problem(&step(&stage, "start-job", KEY, &start), 422, "photo-missing");
    stage.cloud.objects().uploaded.get_mut(&place).unwrap().bytes.truncate(10 * 1024 * 1024);
    crate::support::good(&step(&stage, "start-job", KEY, &start));
}

#[test]
fn photos_are_taken_of_ones_own_jobs_while_they_are_to_be_done() {
    for state in STATES {
        let stage = job_in(state);
        let answer = sign(&stage, "another-key-than-before", &jpeg(3));
        match state.shelf() {
            Shelf::Active => assert_eq!(answer.status_code, 201),
            Shelf::Done | Shelf::Cancelled => drop(problem(&answer, 409, "job-over")),
        }
    }
    let stage = job_in(State::Assigned);
    let theirs = stage.ask("create-photo-upload").by(&colleague()).at(job_id(1)).key(KEY).send(&jpeg(3));
    problem(&theirs, 404, "not-found");
    for path in NO_JOBS {
        let answer = stage.ask("create-photo-upload").by(&worker()).at(path).key(KEY).send(&jpeg(3));
        problem(&answer, 404, "not-found");
    }
}

#[test]
fn other_files_and_larger_ones_are_refused() {
    let stage = ready();
    for (body, field) in [
        (json!({ "content_type": "image/gif", "length": 3 }), "content_type"),
        (jpeg(0), "length"),
        (jpeg(10 * 1024 * 1024 + 1), "length"),
        (json!({ "content_type": "image/png", "length": 3, "name": "x" }), "name"),
    ] {
        let refused = problem(&sign(&stage, KEY, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{refused}");
    }
}
