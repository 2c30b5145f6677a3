//! Every event that functions publish is as its schema and the AsyncAPI document say.

use crate::json_file;
use kernel::{Principal, Role};
use local::stage::Stage;
use local::testing::{caller, published};
use platform::describe::Description;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn customer() -> Principal {
    caller(1, Role::Customer)
}

fn set(stage: &Stage, sku: &str, on_hand: u32) {
    let manager = caller(2, Role::Manager);
    let product = json!({
        "title": "Шарф 🧣", "prices": [{ "amount_minor": 255, "currency": "GBP" }], "published": true,
    });
    assert_eq!(stage.ask("set-product").by(&manager).at(sku).send(&product).status_code, 200);
    let counted = stage.ask("set-stock").by(&manager).at(sku).send(&json!({ "on_hand": on_hand }));
    assert_eq!(counted.status_code, 200);
}

/// Places an order of these lines; its id.
fn place(stage: &Stage, key: &str, lines: &[(String, u32)]) -> String {
    let pieces: u32 = lines.iter().map(|(_, quantity)| quantity).sum();
    let wanted: Vec<Value> = lines.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect();
    let order = json!({
        "lines": wanted,
        "address": {
            "name": "Мария", "street": "1 High Street", "city": "London", "postcode": "N1 9GU", "country": "GB",
        },
        "expected_total": { "amount_minor": 255 * pieces, "currency": "GBP" },
    });
    let placed = stage.ask("place-order").by(&customer()).key(key).send(&order);
    assert_eq!(placed.status_code, 201, "{}", placed.body);
    placed.json()["id"].as_str().unwrap().to_owned()
}

/// What happens on a stage.
type Day = fn(&Stage);

/// All events of a shop's day: an order that is served, one that is short, one that is cancelled, a large one.
fn events_of_a_day() -> Vec<Value> {
    let stage = Stage::new(simulation::contexts()).unwrap();
    let skus: Vec<String> = (0..120).map(|n| format!("SKU-{n:03}")).collect();
    for sku in &skus {
        set(&stage, sku, 5);
    }
    stage.settle().unwrap();
    let served = place(&stage, "an-order-that-is-served", &[(skus[0].clone(), 2)]);
    place(&stage, "an-order-that-is-short", &[(skus[1].clone(), 6), (skus[2].clone(), 1)]);
    let large: Vec<_> = skus.iter().map(|sku| (sku.clone(), 1)).collect();
    place(&stage, "an-order-that-is-large", &large);
    let regretted = place(&stage, "an-order-that-is-cancelled", &[(skus[3].clone(), 2)]);
    let unpaid = place(&stage, "an-order-that-is-not-paid", &[(skus[4].clone(), 1)]);
    let disputed = place(&stage, "an-order-that-is-disputed", &[(skus[5].clone(), 1)]);
    stage.settle().unwrap();
    crate::partnering::day(&stage);
    crate::people::day(&stage);
    crate::hiring::day(&stage);
    crate::buying::day(&stage, &[served, regretted, unpaid, disputed]);
    let mut events = published(&stage).concat();
    // What these are told was not so: the others, who know better, stay away.
    let told: [(&[&str], Day); 6] = [
        (&["supplies"], crate::supplies::day),
        (&["training", "sensors"], crate::training::day),
        (&["services", "jobs"], |stage| {
            crate::services::day(stage);
            crate::jobs::day(stage);
            stage.settle().unwrap();
        }),
        (&["matching"], crate::matching::day),
        (&["billing", "payments"], crate::billing::day),
        (&["sensors"], crate::sensors::day),
    ];
    for (contexts, day) in told {
        let stage = Stage::new(simulation::only(contexts)).unwrap();
        day(&stage);
        events.extend(published(&stage).concat());
    }
    events
}

/// Every type that a relay declares.
fn declared() -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for function in simulation::contexts().into_iter().flat_map(|context| context.functions) {
        let mut description = Description::default();
        (function.describe)(&mut description);
        kinds.extend(description.publishes.iter().map(|(kind, _)| (*kind).to_owned()));
    }
    kinds
}

fn schema(kind: &str) -> Value {
    json_file(format!("events/schemas/{}.json", kind.replacen('.', "/", 1)))
}

#[test]
fn every_event_of_a_day_is_as_its_schema_says() {
    let mut seen = BTreeSet::new();
    for event in events_of_a_day() {
        let kind = event["type"].as_str().unwrap().to_owned();
        let validator = jsonschema::validator_for(&schema(&kind)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&event["data"]).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{kind}: {errors:?} in {}", event["data"]);
        // The schema sees what is missing, so it would see what is wrong.
        let schema = schema(&kind);
        let required = schema["required"].as_array().unwrap().iter().map(|field| field.as_str().unwrap());
        for field in required {
            let mut data = event["data"].clone();
            data.as_object_mut().unwrap().remove(field);
            assert!(!validator.is_valid(&data), "{kind} without {field} is still valid");
        }
        seen.insert(kind);
    }
    assert_eq!(seen, declared(), "the day holds every event that is declared, and no other");
}

#[test]
fn every_event_of_a_day_has_the_envelope_that_is_published() {
    let document = json_file("events/asyncapi.json");
    let mut ids = BTreeSet::new();
    for event in events_of_a_day() {
        let payload = &document["components"]["messages"][event["type"].as_str().unwrap()]["payload"];
        let required = payload["required"].as_array().unwrap();
        let names: BTreeSet<&str> = required.iter().map(|name| name.as_str().unwrap()).collect();
        let present: BTreeSet<&str> = event.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(present, names);
        let context = event["type"].as_str().unwrap().split('.').next().unwrap();
        assert_eq!(event["source"], format!("/contexts/{context}"));
        assert!(ids.insert(event["id"].as_str().unwrap().to_owned()), "{} names two events", event["id"]);
    }
}

#[test]
fn examples_of_events_are_as_their_schemas_say() {
    for kind in declared() {
        let schema = schema(&kind);
        let validator = jsonschema::validator_for(&schema).unwrap();
        let examples = schema["examples"].as_array().unwrap_or_else(|| panic!("{kind} has no example"));
        assert!(!examples.is_empty() && examples.iter().all(|example| validator.is_valid(example)), "{kind}");
    }
}

/// Consumers state what they read by the type that they take; producers by the type that they publish.
#[test]
fn every_consumer_gets_what_it_reads() {
    let mut promised = BTreeMap::new();
    let mut read = Vec::new();
    for context in dev::generate::describe() {
        for (function, description) in context.functions {
            for (kind, schema) in description.publishes {
                promised.insert(kind, dev::generate::event_lines(kind, &schema.to_value()));
            }
            for (kind, schema) in description.consumes {
                read.push((function.name, kind, dev::generate::event_lines(kind, &schema.to_value())));
            }
        }
    }
    assert!(!read.is_empty());
    for (consumer, kind, wanted) in read {
        let given = promised.get(kind).unwrap_or_else(|| panic!("{consumer} waits for {kind}, which nobody publishes"));
        for line in wanted.iter().filter(|line| line.ends_with(" required")) {
            assert!(given.contains(line), "{consumer} reads what is not promised: {line}");
        }
        // Where a consumer knows values one by one it must know all of them.
        for value in given.iter().filter(|line| line.contains(" = ")) {
            let member = value.split(" = ").next().unwrap_or(value);
            let knows_values = wanted.iter().any(|line| line.starts_with(&format!("{member} = ")));
            assert!(!knows_values || wanted.contains(value), "{consumer} does not know this: {value}");
        }
    }
}

/// What was measured of a person, and what is made of it, is asked for, and stands in no queue. A new field is looked
/// at here.
#[test]
fn no_event_of_sensors_and_training_says_what_was_measured() {
    let harmless = [
        "activity",
        "alert",
        "begins_at",
        "cause",
        "channel",
        "coaches",
        "day",
        "device",
        "distance_m",
        "edition",
        "effort",
        "ended_at",
        "enrolment",
        "person",
        "planned",
        "programme",
        "raised_at",
        "seconds",
        "since",
        "sport",
        "start",
        "title",
        "workout",
    ];
    let kinds: Vec<String> =
        declared().into_iter().filter(|kind| is_of(kind, "sensors") || is_of(kind, "training")).collect();
    assert!(kinds.len() > 15);
    for kind in kinds {
        let schema = schema(&kind);
        let fields = schema["properties"].as_object().unwrap().keys();
        let others: Vec<&String> = fields.filter(|field| !harmless.contains(&field.as_str())).collect();
        assert!(others.is_empty(), "{kind}: {others:?}");
    }
}

fn is_of(kind: &str, context: &str) -> bool {
    kind.split('.').next() == Some(context)
}
