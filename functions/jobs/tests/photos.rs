//! `create-photo-upload`, `create-photo-link`, and what a photo is.

use crate::support::{
    HOUR, KEY, MINUTE, NO_JOBS, STATES, colleague, job_id, job_in, photo, quality, ready, start, step, stored, worker,
    writes,
};
use jobs::job::{Shelf, State};
use jobs::store::PhotoLook;
use kernel::Role;
use local::stage::Stage;
use local::testing::{only_for, only_for_either, problem};
use local::trigger::HttpResponse;
use platform::Item;
use platform::http::Inspector;
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
    let headers = json!({ "content-length": "4", "content-type": "image/png", "if-none-match": "*" });
    assert_eq!(signed["headers"], headers);
    assert_eq!(signed["expires_at"], json!(stage.now().after(15 * MINUTE)));
    assert_eq!(stage.upload(&signed, b"%png"), 200);
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
    assert_eq!(stage.upload(&first, b"jpg"), 403, "it has expired");
    assert_eq!(stage.upload(&again, b"jpg"), 200);
    assert_ne!(sign(&stage, "another-key-than-before", &jpeg(3)).json()["photo"], first["photo"]);
}

#[test]
fn a_photo_is_put_once_and_never_replaced() {
    let (stage, shown) = started();
    let place = format!("local-job-photos/jobs/{}/{}", job_id(1), shown.as_str().unwrap());
    // The key of the start's photo: the job is active, so it is signed again.
    let again = sign(&stage, "a-photo-of-the-place", &jpeg(3)).json();
    assert_eq!(again["photo"], shown);
    assert_eq!(stage.upload(&again, b"new"), 412);
    let mut unconditional = again.clone();
    unconditional["headers"].as_object_mut().unwrap().remove("if-none-match");
    assert_eq!(stage.upload(&unconditional, b"new"), 403, "the condition is signed");
    unconditional["headers"]["if-none-match"] = json!("\"another\"");
    assert_eq!(stage.upload(&unconditional, b"new"), 403);
    assert_eq!(stage.cloud.objects().uploaded[&place].bytes, b"jpg");
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
        assert_eq!(stage.upload(&forged, bytes), 403, "{forged}");
    }
    assert_eq!(stage.upload(&signed, b"more"), 400, "a body is as long as its header says");
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

/// Quality asks for a link to a photo of the first job.
fn link(stage: &Stage, key: &str, photo: &Value) -> HttpResponse {
    let ask = stage.ask("create-photo-link").by(&quality()).at(job_id(1)).key(key);
    ask.send(&json!({ "photo": photo }))
}

/// What whoever has a link sees: status and bytes.
fn seen(stage: &Stage, url: &str) -> (u16, Vec<u8>) {
    let target = url.strip_prefix("https://local/__s3/").unwrap_or_else(|| panic!("{url} is elsewhere"));
    let answer = stage.cloud.download(target, stage.now());
    (answer.status, answer.body)
}

/// Who looked at photos of the first job, as it is stored under a key of the request.
fn looks(stage: &Stage) -> Vec<Value> {
    let request = json!({
        "TableName": "jobs",
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :kind)",
        "ExpressionAttributeValues": {
            ":pk": { "S": job_id(1).to_string() }, ":kind": { "S": format!("{}#", PhotoLook::KIND) },
        },
    });
    let table = stage.cloud.table("jobs").unwrap();
    let answer = local::services::dynamodb::answer(table, "Query", request.to_string().as_bytes());
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    answer["Items"].as_array().unwrap().clone()
}

/// A job that was started, with its photo.
fn started() -> (Stage, Value) {
    let stage = ready();
    assert_eq!(start(&stage, KEY).status_code, 200);
    let photo = json!(stored(&stage, 1).unwrap().start_photo.unwrap());
    (stage, photo)
}

#[test]
fn quality_and_managers_see_a_photo_for_five_minutes_and_that_is_on_record() {
    let (stage, photo) = started();
    only_for_either(Inspector::ROLES, || stage.ask("create-photo-link").key(KEY).at(job_id(1)));
    let answer = link(&stage, KEY, &photo);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    assert_eq!(answer.json()["expires_at"], json!(stage.now().after(5 * MINUTE)));
    assert_eq!(seen(&stage, &url), (200, b"jpg".to_vec()));
    let look = looks(&stage).remove(0);
    assert_eq!(look["seen_by"]["S"], quality().account.to_string());
    assert_eq!((&look["photo"]["S"], &look["seen_at"]["S"]), (&photo, &json!(stage.now())));
    stage.pass(5 * MINUTE);
    assert_eq!(seen(&stage, &url).0, 403, "it has expired");
    assert!(!stage.log().iter().any(|line| line.contains("X-Amz-Signature")));
}

#[test]
fn a_link_shows_that_photo_and_nothing_else() {
    let (stage, photo) = started();
    let url = link(&stage, KEY, &photo).json()["url"].as_str().unwrap().to_owned();
    let other = url.replace(photo.as_str().unwrap(), "pho_00000000000000000000000001");
    assert_eq!(seen(&stage, &other).0, 403);
    assert_eq!(seen(&stage, &url.replace("X-Amz-Expires=300", "X-Amz-Expires=3000")).0, 403);
    let target = url.strip_prefix("https://local/__s3/").unwrap();
    let put = stage.cloud.upload(target, &std::collections::BTreeMap::new(), b"x", stage.now());
    assert_eq!(put.status, 403, "it is for looking only");
}

#[test]
fn the_same_look_again_is_written_once() {
    let (stage, photo) = started();
    for _ in 0..3 {
        assert_eq!(link(&stage, KEY, &photo).status_code, 200);
        stage.pass(MINUTE);
    }
    assert_eq!(looks(&stage).len(), 1);
    assert_eq!(link(&stage, "another-key-than-before", &photo).status_code, 200);
    assert_eq!(looks(&stage).len(), 2);
}

#[test]
fn photos_that_the_job_does_not_show_are_not_found_and_nothing_is_written() {
    let (stage, shown) = started();
    // Uploaded, and never reported.
    let spare = json!(photo(&stage, "a-photo-that-is-not-used"));
    for unknown in [&spare, &json!("pho_00000000000000000000000001")] {
        problem(&link(&stage, KEY, unknown), 404, "not-found");
    }
    stage.cloud.objects().uploaded.clear();
    problem(&link(&stage, KEY, &shown), 404, "not-found");
    assert!(looks(&stage).is_empty());
    assert_eq!(link(&stage, KEY, &json!("photo")).status_code, 400);
    for path in NO_JOBS {
        let ask = stage.ask("create-photo-link").by(&quality()).at(path).key(KEY);
        problem(&ask.send(&json!({ "photo": shown })), 404, "not-found");
    }
}
