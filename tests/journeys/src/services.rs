//! On-demand services: from an application to the worker's pay, and from a partner's file to clients.

use crate::shop::{confirm, id_of, same};
use crate::{Api, Outcome, Person, now};
use kernel::{TestId, Timestamp};
use serde_json::{Value, json};

/// What a service costs, and what of it the worker earns: 60 %.
const PRICE: i64 = 10_000;
const EARNED: i64 = 6_000;
/// The smallest JPEG there is, as far as anybody looks at it.
const PHOTO: &[u8] = &[0xff, 0xd8, 0xff, 0xd9];

/// Applied, tested, hired; requested, matched, supplied, begun with a photo, done; charged, earned, topped up.
pub fn service_story(api: &Api) -> Outcome {
    let (manager, supplier, client) = (api.manager()?, api.staff("supplier")?, api.customer()?);
    let skill = api.fresh("windows");
    let worker = hired(api, &manager, &skill)?;
    let service = offered(api, &manager, &supplier, &skill)?;

    let free = json!({
        "base": here(), "radius_m": 5000, "slots": [{ "from": minutes(-5), "until": minutes(180) }],
    });
    api.put(&worker, "/v1/workers/me/availability", &free)?.expect(200)?;
    let wish = json!({
        "service": service, "description": "Four windows 🪟", "address": "Tverskaya 1, flat 5", "contact": "Мария",
        "place": here(), "from": minutes(2), "until": minutes(60),
        "expected_price": { "amount_minor": PRICE, "currency": "RUB" },
    });
    let key = api.fresh("request-a-service");
    let requested = api.post(&client, "/v1/service-requests", &key, &wish)?.expect(201)?;
    let again = api.post(&client, "/v1/service-requests", &key, &wish)?.expect(201)?;
    same("a repeated request gets the same reply", &again, &requested)?;
    let path = format!("/v1/service-requests/{}", id_of(&requested)?);
    until_state(api, &client, &path, "matched")?;
    same("it is nobody else's", &json!(api.get(&worker, &path)?.status), &json!(404))?;

    let job = api.until("the job is on the worker's list", || {
        let list = api.get(&worker, "/v1/jobs")?.expect(200)?;
        Ok(list["items"][0]["id"].as_str().map(|id| format!("/v1/jobs/{id}")))
    })?;
    drawn(api, &worker, &supplier, &job)?;
    let shown = api.get(&worker, &job)?.expect(200)?;
    same("the worker is told where", &shown["visit"]["address"], &wish["address"])?;
    same("and nobody else", &json!(api.get(&client, &job)?.status), &json!(403))?;
    let start = json!({ "photo": photo(api, &worker, &job)?, "confirmed": true });
    api.post(&worker, &format!("{job}/start"), &api.fresh("start-a-job"), &start)?.expect(200)?;
    until_state(api, &client, &path, "in-progress")?;
    let report = json!({ "photo": photo(api, &worker, &job)? });
    api.post(&worker, &format!("{job}/finish"), &api.fresh("finish-a-job"), &report)?.expect(200)?;
    until_state(api, &client, &path, "completed")?;

    balance_is(api, &worker, "worker", EARNED)?;
    balance_is(api, &client, "client", -PRICE)?;
    let amount = json!({ "amount": { "amount_minor": PRICE, "currency": "RUB" } });
    let started = api.post(&client, "/v1/top-ups", &api.fresh("top-up-a-balance"), &amount)?.expect(201)?;
    confirm(api, &started, "pm_card_visa")?.expect(200)?;
    balance_is(api, &client, "client", 0)?;
    let lines = api.get(&client, "/v1/statement?side=client")?.expect(200)?;
    let kinds: Vec<&Value> = lines["items"].as_array().into_iter().flatten().map(|line| &line["kind"]).collect();
    same("the statement says what happened", &json!(kinds), &json!(["top-up", "job"]))?;
    last_week(api, &manager)
}

/// A partner's file: what is wrong with it is told, good rows become accounts, and the same file changes nothing.
pub fn import_story(api: &Api) -> Outcome {
    let manager = api.manager()?;
    let [first, second] = ["HCB", "HCB"].map(|name| api.fresh(name));
    let row = |id: &str, email: &str| json!({ "id": id, "email": email, "updated_at": "2026-01-04T12:00:00Z" });
    let rows = json!({ "rows": [
        row(&first, &format!("{first}@example.com")), row(&second, &format!("{second}@example.com")), row("HCB-0", "?"),
    ] });
    let clients = "/v1/partners/happy-cat-box/clients";
    let imports = "/v1/partners/happy-cat-box/imports";
    let tried = api.post(&manager, &format!("{imports}?dry_run=true"), &api.fresh("try-an-import"), &rows)?;
    same("a dry run tells what would happen", &tried.expect(202)?["outlook"]["created"], &json!(2))?;
    same("and does nothing", &json!(api.get(&manager, &format!("{clients}/{first}"))?.status), &json!(404))?;
    for created in [2, 0] {
        let taken = api.post(&manager, imports, &api.fresh("import-clients"), &rows)?.expect(202)?;
        same("the broken row is named", &taken["errors"][0]["row"], &json!(3))?;
        let path = format!("{imports}/{}", id_of(&taken)?);
        let done = api.until("the import is done", || {
            let report = api.get(&manager, &path)?.expect(200)?;
            Ok((report["done"] == true).then_some(report))
        })?;
        same("each client is new once", &done["taken"]["created"], &json!(created))?;
    }
    api.until("the client has an account", || {
        let seen = api.get(&manager, &format!("{clients}/{first}"))?.expect(200)?;
        Ok(seen["account"].is_string().then_some(()))
    })
}

/// Somebody who applied, passed a test of this skill, and was hired.
fn hired(api: &Api, manager: &Person, skill: &str) -> Result<Person, String> {
    let test = TestId::from_bits(u128::from(now().unsigned_abs())).to_string();
    let options = json!([{ "text": "Да", "right": true }, { "text": "Нет", "right": false }]);
    let exam = json!({
        "title": "Windows", "skill": skill, "minutes": 20, "drawn": 1, "pass_percent": 60,
        "questions": [{ "text": "Is glass brittle?", "options": options }],
    });
    api.put(manager, &format!("/v1/hiring/tests/{test}"), &exam)?.expect(200)?;
    let candidate = api.customer()?;
    let person = json!({ "name": "Ольга", "birth_date": "1990-05-17", "phone": "+442079460018" });
    let applied = api.post(&candidate, "/v1/applications", &api.fresh("apply-for-work"), &person)?.expect(201)?;
    let path = format!("/v1/applications/{}", id_of(&applied)?);
    let post = |by: &Person, step: &str, body: &Value| {
        api.post(by, &format!("{path}/{step}"), &api.fresh("an-application"), body)?.expect(200)
    };
    post(manager, "tests", &json!({ "tests": [test], "begin_until": minutes(600) }))?;
    post(&candidate, "start-test", &json!({ "test": test }))?;
    let graded = json!({ "test": test, "answers": [{ "question": 1, "options": [1] }] });
    post(&candidate, "submit-test", &graded)?;
    post(manager, "decision", &json!({ "verdict": "hire" }))?;
    api.until("the candidate is a worker", || {
        candidate.sign_in_again(api)?;
        Ok((api.get(&candidate, "/v1/jobs")?.status == 200).then_some(()))
    })?;
    Ok(candidate)
}

/// A service that needs this skill and one of a thing; its id.
fn offered(api: &Api, manager: &Person, supplier: &Person, skill: &str) -> Result<String, String> {
    let details = json!({
        "name": "Window cleaning", "description": "All windows of a flat.", "duration_min": 30, "offered": true,
        "price": { "amount_minor": PRICE, "currency": "RUB" }, "skills": { skill: 1 },
    });
    let service = api.post(manager, "/v1/services", &api.fresh("offer-a-service"), &details)?.expect(201)?;
    let service = id_of(&service)?.to_owned();
    let sku = api.fresh("cleaner");
    let supply = json!({ "name": "Glass cleaner", "on_hand": 10, "reorder_point": 1, "order_quantity": 10 });
    api.put(supplier, &format!("/v1/supplies/{sku}"), &supply)?.expect(200)?;
    let needed = json!({ "lines": [{ "sku": sku, "quantity": 1 }] });
    api.put(supplier, &format!("/v1/services/{service}/supplies"), &needed)?.expect(200)?;
    Ok(service)
}

/// The worker draws what the job needs, and staff hand it over.
fn drawn(api: &Api, worker: &Person, supplier: &Person, job: &str) -> Outcome {
    // Supplies hear of the job by themselves.
    let draw = api.until("supplies know the job", || {
        let asked = api.post(worker, &format!("{job}/supplies"), &api.fresh("draw-supplies"), &json!({}))?;
        if asked.status == 503 { Ok(None) } else { asked.expect(201).map(Some) }
    })?;
    let path = format!("/v1/draws/{}/issue", id_of(&draw)?);
    api.post(supplier, &path, &api.fresh("issue-supplies"), &json!({}))?.expect(200)?;
    api.until("the job is supplied", || Ok((api.get(worker, job)?.expect(200)?["supplied"] == true).then_some(())))
}

/// Uploads a photo of a job as an app does; its id.
fn photo(api: &Api, worker: &Person, job: &str) -> Result<Value, String> {
    let wanted = json!({ "content_type": "image/jpeg", "length": PHOTO.len() });
    let signed = api.post(worker, &format!("{job}/photos"), &api.fresh("take-a-photo"), &wanted)?.expect(201)?;
    let url = signed["url"].as_str().ok_or("there is nowhere to upload to")?;
    let headers = signed["headers"].as_object().into_iter().flatten();
    let headers: Vec<(&str, &str)> =
        headers.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
    api.upload(url, &headers, PHOTO)?;
    Ok(signed["photo"].clone())
}

/// The run of a week in which nothing happened here is begun by hand, twice, and comes to its end.
fn last_week(api: &Api, manager: &Person) -> Outcome {
    // Sundays are four days after Thursday, 1970-01-01. Two of them back the run is due in every time zone.
    let days = now() / 86_400_000;
    let sunday = days - (days + 4) % 7 - 7;
    let period = Timestamp::from_millis(sunday * 86_400_000).to_string();
    let path = format!("/v1/runs/{}", &period[..10]);
    let begun = api.put(manager, &path, &json!({}))?.expect(200)?;
    same("a run begins once", &api.put(manager, &path, &json!({}))?.expect(200)?, &begun)?;
    api.until("the run is finished", || {
        let run = api.get(manager, &path)?.expect(200)?;
        Ok(run["finished_at"].is_string().then_some(()))
    })
}

fn balance_is(api: &Api, person: &Person, side: &str, minor: i64) -> Outcome {
    api.until(&format!("the {side} has {minor}"), || {
        let balances = api.get(person, "/v1/balance")?.expect(200)?;
        let found = balances["balances"].as_array().into_iter().flatten().find(|balance| balance["side"] == side);
        Ok(found.filter(|balance| balance["balance"]["amount_minor"] == minor).map(|_| ()))
    })
}

fn until_state(api: &Api, client: &Person, path: &str, state: &str) -> Outcome {
    api.until(&format!("the request is {state}"), || {
        Ok((api.get(client, path)?.expect(200)?["state"] == state).then_some(()))
    })
}

fn here() -> Value {
    json!({ "latitude_e7": 557_520_000, "longitude_e7": 376_175_000 })
}

/// So many minutes from now, in whole minutes.
fn minutes(from_now: i64) -> Timestamp {
    Timestamp::from_millis((now() / 60_000 + from_now) * 60_000)
}
