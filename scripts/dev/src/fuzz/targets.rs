//! What is fuzzed, and what must never happen there. A target answers whether the damaged input was accepted; an error
//! is a crash.

use super::{damage, files};
use crate::generate::describe;
use crate::generate::samples::samples;
use kernel::{AccountId, Principal, Role};
use local::authorizer::Authorizer;
use local::cloud::API;
use local::sandbox::stripe::{WEBHOOK_SECRET, events::signature};
use local::simulation::Random;
use local::stage::Stage;
use local::testing::caller;
use local::trigger::{HttpRequest, HttpResponse, claims, failures};
use platform::function::Trigger;
use platform::signer::base64url;
use platform::{Context, Invocation};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One execution with what this chance says.
pub type Target = Box<dyn FnMut(&mut Random) -> Result<bool, String>>;

/// Prepares a target.
pub type Prepare = fn() -> Result<Target, String>;

/// Every target by name.
pub const ALL: [(&str, Prepare); 8] = [
    ("events", events),
    ("requests", requests),
    ("signature", webhook_signature),
    ("jwt", jwt),
    ("cursor", cursor),
    ("import", files::import),
    ("activity", files::activity),
    ("chunk", files::chunk),
];

/// Where a product of the samples is sold and an order is placed: what there is to be damaged.
const STORY: [&str; 7] = [
    "register",
    "set-product",
    "set-stock",
    "change-cart",
    "place-order",
    "start-payment",
    "set-preferences",
];

/// Functions, and what was handed to them.
pub type Seeds = Vec<(&'static str, Value)>;

/// A stage on which the samples have told their story, and all that was handed to functions meanwhile.
pub fn told() -> Result<(Stage, Seeds), String> {
    let handed = Arc::<Mutex<Seeds>>::default();
    let stage = Stage::new(listened(simulation::contexts(), &handed))?;
    // What a password costs is not what is looked for.
    stage.set("PASSWORD_COST", "8,1,1");
    for limit in stage.cloud.functions.values().flat_map(|deployed| &deployed.rights.limits) {
        stage.cloud.set(limit, platform::http::Rate::UNLIMITED);
    }
    stage.restart();
    stage.lets_them_tell();
    let samples = samples(&describe())?;
    for function in STORY {
        let sample = samples.get(function).ok_or_else(|| format!("{function} has no sample"))?;
        stage.invoke(function, sample.to_string().into_bytes()).map_err(|error| error.to_string())?;
        stage.settle()?;
    }
    let mut seeds = std::mem::take(&mut *handed.lock().unwrap_or_else(PoisonError::into_inner));
    seeds.extend(samples);
    Ok((stage, seeds))
}

/// The contexts with functions whose invocations are written down.
fn listened(mut contexts: Vec<Context>, handed: &Arc<Mutex<Seeds>>) -> Vec<Context> {
    for function in contexts.iter_mut().flat_map(|context| &mut context.functions) {
        let (name, handler, handed) = (function.name, function.handler.clone(), handed.clone());
        function.handler = Arc::new(move |world, invocation: Invocation| {
            if let Ok(payload) = serde_json::from_slice(&invocation.payload) {
                handed.lock().unwrap_or_else(PoisonError::into_inner).push((name, payload));
            }
            handler(world, invocation)
        });
    }
    contexts
}

/// Events, streams' records, notices, questions: whatever is not called over HTTP.
fn events() -> Result<Target, String> {
    let (stage, mut seeds) = told()?;
    seeds.retain(|(function, _)| !is_http(&stage, function));
    Ok(Box::new(move |random| {
        let (function, seed) = &seeds[random.below(seeds.len())];
        let payload = match random.chance(5) {
            true => damage::bytes(random, seed.to_string().as_bytes()),
            false => damage::json(random, seed).to_string().into_bytes(),
        };
        // An error is a proper answer: the batch comes again, and then goes where people look at it.
        Ok(stage
            .invoke(function, payload)
            .is_ok_and(|answer| failures(&answer).is_none_or(|failed| failed.is_empty())))
    }))
}

fn is_http(stage: &Stage, function: &str) -> bool {
    stage
        .cloud
        .function(function)
        .is_some_and(|function| matches!(function.trigger, Trigger::Http { .. }))
}

/// Requests: what callers write, not what the gateway does.
fn requests() -> Result<Target, String> {
    const CALLERS: [&str; 5] = [
        "/headers",
        "/rawQueryString",
        "/pathParameters",
        "/body",
        "/requestContext/authorizer/jwt/claims",
    ];
    let (stage, mut seeds) = told()?;
    seeds.retain(|(function, _)| is_http(&stage, function));
    Ok(Box::new(move |random| {
        let (function, seed) = &seeds[random.below(seeds.len())];
        let mut event = seed.clone();
        let Some(part) = event.pointer_mut(CALLERS[random.below(CALLERS.len())]) else {
            return Ok(false);
        };
        match part {
            Value::Object(texts) => texts.values_mut().for_each(|value| {
                if let Some(before) = value.as_str().filter(|_| random.chance(50)) {
                    *value = Value::String(damage::text(random, before));
                }
            }),
            Value::String(body) if random.chance(80) => {
                let before = serde_json::from_str(body).unwrap_or(Value::Null);
                *body = damage::json(random, &before).to_string();
            }
            Value::String(before) => *before = damage::text(random, before),
            _ => return Ok(false),
        }
        let answer = stage.invoke(function, event.to_string().into_bytes());
        let answer = answer.map_err(|error| format!("{function}: {error} upon {event}"))?;
        if UNHEARD.contains(function) && HttpResponse::of(&answer).status_code == 503 {
            return Ok(false);
        }
        proper(&answer, || format!("{function} upon {event}"))
    }))
}

/// Who says 503 of what another context has not told yet, and a damaged id may be that.
const UNHEARD: [&str; 1] = ["request-supplies"];

/// Whether an answer is a good one; an error if it says that something of ours is broken.
fn proper(answer: &[u8], upon: impl Fn() -> String) -> Result<bool, String> {
    let response = HttpResponse::of(answer);
    match response.status_code {
        200..300 => Ok(true),
        400..500 => Ok(false),
        status => Err(format!("{status} {} of {}", response.body, upon())),
    }
}

/// Webhooks: a damaged one is refused; one that is damaged and then signed is read, and breaks nothing.
fn webhook_signature() -> Result<Target, String> {
    let (stage, _) = told()?;
    let intent = json!({
        "id": "pi_1", "object": "payment_intent", "amount": 1530, "amount_received": 1530, "currency": "gbp",
        "status": "succeeded", "client_secret": "pi_1_secret_1", "latest_charge": "ch_1",
        "metadata": { "order": "ord_00000000000000000000000001", "payment": "pay_00000000000000000000000004" },
        "last_payment_error": { "code": "card_declined", "decline_code": "generic_decline" },
    });
    let kinds = [
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "charge.refund.updated",
        "some.type",
    ];
    Ok(Box::new(move |random| {
        let kind = kinds[random.below(kinds.len())];
        let event = json!({
            "id": format!("evt_{}", random.next_u64()), "object": "event", "type": kind, "created": 1_767_600_000,
            "data": { "object": intent },
        });
        let good = event.to_string();
        let sign = |body: &str| signature(WEBHOOK_SECRET, body.as_bytes(), stage.now());
        let send = |header: &str, body: &str| {
            let request = HttpRequest {
                route: "POST /v1/webhooks/stripe".to_owned(),
                headers: [("stripe-signature".to_owned(), header.to_owned())].into(),
                body: Some(body.to_owned()),
                ..HttpRequest::default()
            };
            stage
                .invoke("stripe-webhook", request.event("webhook"))
                .map_err(|error| format!("{error} upon {body}"))
        };
        if random.chance(50) {
            let body = damage::json(random, &event).to_string();
            let status = HttpResponse::of(&send(&sign(&body), &body)?).status_code;
            // What Stripe signed and we cannot read is ours to mend: it comes again for three days.
            return match status {
                204 | 500 => Ok(status == 204),
                400 if body.len() > platform::http::request::MAX_BODY => Ok(false),
                other => Err(format!("{other} upon {body}")),
            };
        }
        let (mut header, mut body) = (sign(&good), good.clone());
        match random.chance(50) {
            true => header = damage::text(random, &header),
            false => body = damage::text(random, &body),
        }
        let accepted = proper(&send(&header, &body)?, || body.clone())?;
        // Of what is signed twice over, one signature that fits is enough: then the body is the true one.
        match accepted && body != good {
            true => Err(format!("taken for signed: {header} {body}")),
            false => Ok(accepted),
        }
    }))
}

/// Access tokens: what is accepted says what the true one says.
fn jwt() -> Result<Target, String> {
    let (stage, _) = told()?;
    let now = stage.now();
    let person = Principal {
        account: AccountId::from_bits(2),
        roles: vec![Role::Customer],
    };
    let mut content = claims(&person, stage.cloud.issuer(), API, now.after(Duration::from_secs(600)));
    content.insert("exp".to_owned(), json!(now.after(Duration::from_secs(600)).as_seconds()));
    let header = json!({ "alg": "RS256", "typ": "JWT" });
    let signed = format!("{}.{}", part(&header), part(&Value::Object(content)));
    let good = format!("{signed}.{}", base64url(&stage.cloud.key().sign(signed.as_bytes())?));
    let authorizer = Authorizer::new(stage.cloud.key(), stage.cloud.issuer());
    let truth = authorizer.check(&good, now).ok_or("the true token is refused")?;
    let key = stage.cloud.key().public_pkcs1();
    Ok(Box::new(move |random| {
        let mut parts: Vec<String> = good.split('.').map(str::to_owned).collect();
        let at = random.below(parts.len());
        let content =
            platform::signer::from_base64url(&parts[at]).and_then(|bytes| serde_json::from_slice(&bytes).ok());
        parts[at] = match content {
            // Claims and algorithms of somebody's own, with the signature of another token.
            Some(content) if random.chance(60) => part(&damage::json(random, &content)),
            _ if random.chance(10) => base64url(&key),
            _ => damage::text(random, &parts[at]),
        };
        let token = parts.join(".");
        match authorizer.check(&token, now) {
            None => Ok(false),
            Some(claims) if claims == truth => Ok(true),
            Some(claims) => Err(format!("{token} says {claims:?}")),
        }
    }))
}

fn part(value: &Value) -> String {
    base64url(value.to_string().as_bytes())
}

/// Cursors: whatever one says, a list shows its caller's own and no more than was asked for.
fn cursor() -> Result<Target, String> {
    let (stage, _) = told()?;
    let address = json!({ "name": "M", "street": "1", "city": "L", "postcode": "1", "country": "GB" });
    let (mut cursors, mut own) = (Vec::new(), Vec::new());
    for person in [10, 11] {
        let customer = caller(person, Role::Customer);
        for n in 0..4 {
            let order = json!({
                "lines": [{ "sku": "85123A", "quantity": 1 }], "address": address,
                "expected_total": { "amount_minor": 255, "currency": "GBP" },
            });
            let ask = stage.ask("place-order").by(&customer).key(&format!("the-order-number-{n}-of-{person}"));
            let placed = ask.send(&order);
            if placed.status_code != 201 {
                return Err(format!("{} {}", placed.status_code, placed.body));
            }
        }
        let page = stage.ask("list-orders").by(&customer).query("limit=2").get().json();
        cursors.push(page["next"].as_str().ok_or("there is no second page")?.to_owned());
        let all = stage.ask("list-orders").by(&customer).query("limit=50").get().json();
        own.push(ids(&all));
    }
    Ok(Box::new(move |random| {
        let person = random.below(2);
        let seed = &cursors[random.below(2)];
        let place = platform::signer::from_base64url(seed).and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let cursor = match place {
            Some(place) if random.chance(70) => part(&damage::json(random, &place)),
            _ => damage::text(random, seed),
        };
        let function = if random.chance(80) { "list-orders" } else { "list-products" };
        let query = format!("limit=2&cursor={}", escaped(&cursor));
        let ask = stage.ask(function).by(&caller(10 + person as u128, Role::Customer)).query(&query);
        let response = ask.get();
        let page = response.json();
        let shown = ids(&page);
        let strangers = function == "list-orders" && !shown.is_subset(&own[person]);
        match response.status_code {
            200 if strangers || shown.len() > 2 => Err(format!("{query} shows {page}")),
            200 => Ok(true),
            400 => Ok(false),
            status => Err(format!("{status} {} of {function} upon {query}", response.body)),
        }
    }))
}

fn ids(page: &Value) -> BTreeSet<String> {
    let items = page["items"].as_array().into_iter().flatten();
    items.map(|item| item["id"].to_string() + &item["sku"].to_string()).collect()
}

/// A text as part of a query string.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}
