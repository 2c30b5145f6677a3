//! A context whose use cases do to its table what they are told.

use contracts::orders::OrderCancelled;
use kernel::{OrderId, Role, Timestamp};
use local::stage::Stage;
use local::testing::{caller, raw_item};
use local::trigger::HttpResponse;
use platform::http::{self, Customer, IdempotencyKey, Json};
use platform::{
    Commit, Context, Creation, Decision, Error, Failure, Guard, Item, Key, Never, Now, On, Stored, Table, events,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::convert::Infallible;

pub use local::testing::writes;

/// A thing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Thing {
    /// Names it.
    pub name: String,
    /// What is written on it.
    pub note: String,
    /// How many there are.
    pub count: u32,
    /// `things` while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// Until when it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

impl Thing {
    fn new(name: &str, note: &str) -> Self {
        Self {
            name: name.to_owned(),
            note: note.to_owned(),
            count: 10,
            waiting: None,
            due: None,
        }
    }
}

impl Item for Thing {
    type Event = Never;
    const KIND: &'static str = "thing";

    fn key(&self) -> Key {
        key(&self.name)
    }
}

/// The key of a thing.
pub fn key(name: &str) -> Key {
    Key::new(name, Thing::KIND)
}

/// What to do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wish {
    /// Create the thing.
    Create { name: String, note: String },
    /// Replace the thing, as it was read before, by one with another note.
    Replace { name: String, note: String },
    /// Create the thing in a transaction, and take `amount` from another.
    CreateAndTake {
        name: String,
        note: String,
        from: String,
        amount: i64,
    },
    /// Replace the thing in a transaction, and take `amount` from another.
    ReplaceAndTake {
        name: String,
        note: String,
        from: String,
        amount: i64,
    },
    /// Create the thing in a transaction, and add `amount` to another, which is created if it is not there; if there
    /// are `least` of it, and it has no attribute `absent`.
    CreateAndAdd {
        name: String,
        to: String,
        amount: i64,
        least: Option<i64>,
        absent: Option<String>,
    },
    /// Create so many things in one transaction.
    CreateMany { count: usize },
    /// Only take from another, without a guard.
    Take { from: String, amount: i64 },
    /// Create one thing twice in one transaction.
    CreateTwice { name: String },
    /// Create things that wait until these moments, named by how many came before.
    Wait { until: Vec<Timestamp> },
    /// Which things were to be looked at by a moment, at most so many of them.
    Due { by: Timestamp, most: Option<usize> },
    /// Nothing, in a transaction.
    Nothing,
}

/// What became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outcome {
    outcome: String,
}

async fn grant(_: Customer, Json(wish): Json<Wish>, things: Table) -> Result<http::Ok<Outcome>, Failure<Infallible>> {
    let outcome = carry_out(wish, &things).await?;
    Ok(http::Ok { version: None, body: Outcome { outcome } })
}

async fn carry_out(wish: Wish, things: &Table) -> Result<String, Error> {
    let thing = Thing::new;
    let commit = match wish {
        Wish::Create { name, note } => {
            return Ok(match things.create(&thing(&name, &note), Vec::new()).await? {
                Creation::Created => "created".to_owned(),
                Creation::Exists(other) => format!("exists: {}", other.value.note),
            });
        }
        Wish::Replace { name, note } => {
            let old = found(things, &name).await?;
            let replaced = things.replace(&old, thing(&name, &note), Vec::new()).await?;
            return Ok(replaced.map_or("changed".to_owned(), |new| format!("version {}", new.version)));
        }
        Wish::CreateAndTake { name, note, from, amount } => {
            let transaction = things.transaction().create(&thing(&name, &note), Vec::new());
            transaction.shift(key(&from), &[("count", -amount)]).commit().await?
        }
        Wish::ReplaceAndTake { name, note, from, amount } => {
            let old = found(things, &name).await?;
            let transaction = things.transaction().replace(&old, &thing(&name, &note), Vec::new());
            transaction.shift(key(&from), &[("count", -amount)]).commit().await?
        }
        Wish::CreateAndAdd { name, to, amount, least, absent } => {
            let guards: Vec<Guard<'_>> = least
                .map(|least| Guard::AtLeast("count", least))
                .into_iter()
                .chain(absent.as_deref().map(Guard::Absent))
                .collect();
            let transaction = things.transaction().create(&thing(&name, ""), Vec::new());
            let new = Thing { count: 0, ..thing(&to, "new") };
            transaction.add(&new, &[("count", amount)], &guards).commit().await?
        }
        Wish::CreateMany { count } => {
            let mut transaction = things.transaction();
            for n in 0..count {
                transaction = transaction.create(&thing(&format!("thing-{n}"), ""), Vec::new());
            }
            transaction.commit().await?
        }
        Wish::Take { from, amount } => things.transaction().shift(key(&from), &[("count", -amount)]).commit().await?,
        Wish::CreateTwice { name } => {
            let transaction = things.transaction().create(&thing(&name, "one"), Vec::new());
            transaction.create(&thing(&name, "two"), Vec::new()).commit().await?
        }
        Wish::Wait { until } => {
            for (n, due) in until.into_iter().enumerate() {
                let (waiting, due) = (Some("things".to_owned()), Some(due));
                let thing = Thing { waiting, due, ..thing(&n.to_string(), "") };
                things.create_new(thing, Vec::new()).await?;
            }
            return Ok("created".to_owned());
        }
        Wish::Due { by, most } => {
            let due = things.due::<Thing>("things", by);
            let due = most.map_or(due, |most| things.due("things", by).at_most(most)).all().await?;
            return Ok(due.into_iter().map(|thing| thing.value.name).collect::<Vec<_>>().join(" "));
        }
        Wish::Nothing => things.transaction().commit().await?,
    };
    Ok(match commit {
        Commit::Done => "done".to_owned(),
        Commit::Refused(refused) => {
            let refused = refused.iter().map(|refused| format!("{} {:?}", refused.key, refused.number("count")));
            format!("refused: {}", refused.collect::<Vec<_>>().join(", "))
        }
    })
}

async fn found(things: &Table, name: &str) -> Result<Stored<Thing>, Error> {
    let found = things.get(&key(name)).await?;
    found.ok_or_else(|| Error::broken(format!("there is no {name}")))
}

/// A thing that is created under an idempotency key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Made {
    note: Value,
}

async fn make(
    _: Customer,
    key: IdempotencyKey,
    Json(made): Json<Made>,
    things: Table,
) -> Result<http::Created<Outcome>, Failure<Infallible>> {
    let name = key.id::<OrderId>().to_string();
    let thing = Thing { count: 1, ..Thing::new(&name, key.fingerprint()) };
    if let Creation::Exists(other) = things.create(&thing, Vec::new()).await? {
        key.replays(&other.value.note)?;
    }
    let outcome = made.note.to_string();
    Ok(http::Created {
        location: format!("/v1/things/{}", thing.name),
        body: Outcome { outcome },
    })
}

async fn count_up(cancelled: On<OrderCancelled>, Now(now): Now, things: Table) -> Result<(), Error> {
    let name = cancelled.order.to_string();
    let decide = |found: Option<&Stored<Thing>>| {
        let count = found.map_or(0, |found| found.value.count) + 1;
        Ok(Decision::To(Thing { count, ..Thing::new(&name, &now.to_string()) }, Vec::new()))
    };
    things.advance(&key(&name), decide).await
}

/// A stage with the context, and one thing, `box`, of which there are 10.
pub fn stage() -> Stage {
    let things = Context {
        name: "things",
        indexes: vec![platform::BY_DUE],
        functions: vec![
            http::post("/v1/wishes", grant),
            http::post("/v1/things", make),
            events::on(count_up),
        ],
    };
    let stage = Stage::new(vec![things]).unwrap();
    assert_eq!(wish(&stage, json!({ "do": "create", "name": "box", "note": "" })), "created");
    stage.calls();
    stage
}

/// Asks for something.
pub fn ask(stage: &Stage, wish: &Value) -> HttpResponse {
    stage.ask("grant").by(&caller(1, Role::Customer)).send(wish)
}

/// Asks for something; what became of it.
pub fn wish(stage: &Stage, wish: Value) -> String {
    let answer = ask(stage, &wish);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()["outcome"].as_str().unwrap().to_owned()
}

/// A thing's note, count and version; none if it is not there.
pub fn thing(stage: &Stage, name: &str) -> Option<(String, u32, u64)> {
    let raw = raw_item(stage, "things", &key(name))?;
    let number = |name: &str| -> u64 { raw[name]["N"].as_str().unwrap().parse().unwrap() };
    Some((raw["note"]["S"].as_str().unwrap().to_owned(), number("count") as u32, number("v")))
}
