//! People as identity and notifications keep them, and what other contexts say of them.

use contracts::{CloudEvent, Event};
use kernel::{AccountId, Timestamp};
use local::cloud::Cloud;
use local::services::dynamodb;
use serde_json::{Value, json};

/// When everybody registered.
const LONG_AGO: &str = "2026-01-01T00:00:00Z";

/// Writes down a person as identity does. Somebody who is reached by phone wants text messages alone, at any hour.
pub fn register(cloud: &Cloud, account: AccountId, by_phone: bool) -> Result<(), String> {
    let id = account.to_string();
    let verified = |value: &str| json!({ "M": { "value": { "S": value }, "verified_at": { "S": LONG_AGO } } });
    let mut person = json!({
        "pk": { "S": id }, "sk": { "S": "account" }, "v": { "N": "1" }, "by": { "S": "simulation" },
        "id": { "S": id },
        "email": verified(&format!("{id}@example.com")),
        "password": { "S": "none" }, "locale": { "S": "en" }, "time_zone": { "S": "Europe/London" },
        "roles": { "L": [{ "S": "customer" }] },
        "registered_at": { "S": LONG_AGO }, "request": { "S": "none" },
    });
    if by_phone {
        person["phone"] = verified("+447700900123");
        let by_sms = json!({ "L": [{ "S": "sms" }] });
        let preferences = json!({
            "pk": { "S": id }, "sk": { "S": "preferences" }, "v": { "N": "1" }, "by": { "S": "simulation" },
            "account": { "S": id }, "orders": by_sms, "payments": by_sms,
        });
        put(cloud, "notifications", preferences)?;
    }
    put(cloud, "identity", person)
}

/// Puts an item in DynamoDB's JSON into a context's table.
pub fn put(cloud: &Cloud, context: &str, item: Value) -> Result<(), String> {
    let table = cloud.table(context).ok_or_else(|| format!("there is no {context}"))?;
    let put = json!({ "TableName": context, "Item": item });
    let answer = dynamodb::answer(table, "PutItem", put.to_string().as_bytes());
    match answer.status {
        200 => Ok(()),
        _ => Err(String::from_utf8_lossy(&answer.body).into_owned()),
    }
}

/// Tells everybody what a context that is not played has to say: once of a subject.
pub fn tell<E: Event>(cloud: &Cloud, data: E, now: Timestamp) -> Result<(), String> {
    let context = E::TYPE.split('.').next().unwrap_or_default();
    let event = CloudEvent {
        specversion: contracts::envelope::SPEC_VERSION.to_owned(),
        id: format!("{context}/{}/{}/1.1.0", data.subject(), E::TYPE),
        source: format!("/contexts/{context}"),
        kind: E::TYPE.to_owned(),
        subject: data.subject(),
        time: now,
        datacontenttype: "application/json".to_owned(),
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
        epoch: 1,
        stateversion: 1,
        data,
    };
    let event = serde_json::to_string(&event).map_err(|error| error.to_string())?;
    cloud.plane().publish(E::TYPE, &event, now)
}
