//! Transactions: up to 100 actions on items of the table, all or none.

use super::Table;
use super::item::{Image, Item, Key, Mark, PARTITION, PastOutbox, Stored, VERSION, WRITTEN_BY, number, refuse_taken};
use super::put::Write;
use crate::Error;
use crate::aws::Failed;
use crate::aws::json::DYNAMODB;
use crate::retry::{Attempt, until_definite};
use kernel::Digest;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;
use std::collections::{BTreeMap, HashMap};

/// How many actions one transaction takes (a limit of DynamoDB).
pub const MAX_ACTIONS: usize = 100;

/// A transaction being put together.
pub struct Transaction<'t> {
    table: &'t Table,
    actions: Vec<Action<'t>>,
    failed: Option<Error>,
}

struct Action<'t> {
    key: Key,
    write: Kind<'t>,
    /// The mark that a create or replace leaves: it proves that an earlier attempt was applied. Counters prove
    /// nothing, others move them too; nor do copies, which say what another item says.
    witness: Option<Mark>,
}

/// An action as DynamoDB takes it.
#[derive(Serialize)]
enum Kind<'t> {
    Put(Write<'t>),
    Update(Write<'t>),
}

/// What must hold of an item that is added to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard<'g> {
    /// This counter stands at so much at least, before anything is added. It fails where there is no item.
    AtLeast(&'g str, i64),
    /// The item has no such attribute. It holds where there is no item.
    Absent(&'g str),
}

/// What became of a transaction.
#[derive(Debug)]
pub enum Commit {
    /// All of it happened (perhaps by an earlier attempt of this very call).
    Done,
    /// Nothing happened, because these conditions failed.
    Refused(Vec<Refused>),
}

/// A condition that failed.
#[derive(Debug)]
pub struct Refused {
    /// Whose.
    pub key: Key,
    image: Option<Image>,
}

impl Refused {
    /// A number of the item as it stands; `None` if there is no such item or attribute.
    pub fn number(&self, attribute: &str) -> Option<u64> {
        self.image.as_ref()?.number(attribute)
    }
}

impl Guard<'_> {
    /// As a condition; `n` tells its placeholders from others'.
    fn write<'w>(self, n: usize, write: Write<'w>) -> (String, Write<'w>) {
        let (name, value) = (format!("#g{n}"), format!(":g{n}"));
        match self {
            Guard::AtLeast(counter, least) => {
                (format!("{name} >= {value}"), write.name(name, counter).value(value, number(least)))
            }
            Guard::Absent(attribute) => (format!("attribute_not_exists({name})"), write.name(name, attribute)),
        }
    }
}

impl<'t> Transaction<'t> {
    pub(super) fn new(table: &'t Table) -> Self {
        Self { table, actions: Vec::new(), failed: None }
    }

    /// Creates `item` if nothing stands under its key yet, and announces `events`.
    #[must_use]
    pub fn create<T: Item>(self, item: &T, events: Vec<T::Event>) -> Self {
        let condition = ("attribute_not_exists(#c)", PARTITION, None);
        self.put(item, 1, events, &[], condition)
    }

    /// Writes `new` in place of `old` if nobody changed it since, and announces `events`.
    #[must_use]
    pub fn replace<T: Item>(self, old: &Stored<T>, new: &T, events: Vec<T::Event>) -> Self {
        let condition = ("#c = :c", VERSION, Some(number(old.version)));
        self.put(new, old.version + 1, events, &old.past, condition)
    }

    /// Writes `new` in place of what was read under its key, which may have been nothing, if that stands there still.
    #[must_use]
    pub fn write<T: Item>(self, old: Option<&Stored<T>>, new: &T, events: Vec<T::Event>) -> Self {
        match old {
            Some(old) => self.replace(old, new, events),
            None => self.create(new, events),
        }
    }

    /// Writes `item` whatever stands under its key: a copy of what another item of this transaction says, such as its
    /// entry in a directory. Nothing else may write it, so that item's condition guards it too.
    #[must_use]
    pub fn mirror<T: Item>(mut self, item: &T) -> Self {
        let always = "attribute_exists(#c) OR attribute_not_exists(#c)";
        let put = self
            .table
            .encode(item, 1, Vec::new(), &[])
            .and_then(|(written, _)| Ok(Write::put(&self.table.name, written, always)?.name("#c", PARTITION)));
        match put {
            Ok(put) => self.actions.push(Action { key: item.key(), write: Kind::Put(put), witness: None }),
            Err(error) => self.failed = Some(error),
        }
        self
    }

    /// Adds to counters of the item under `key`, if it exists and none of them would fall below zero.
    #[must_use]
    pub fn shift(mut self, key: Key, counters: &[(&str, i64)]) -> Self {
        let (mut adds, mut conditions) = (vec!["#v :one".to_owned()], vec!["attribute_exists(#v)".to_owned()]);
        for (n, (_, amount)) in counters.iter().enumerate() {
            adds.push(format!("#n{n} :a{n}"));
            if *amount < 0 {
                conditions.push(format!("#n{n} >= :m{n}"));
            }
        }
        let update = format!("SET #by = :by ADD {}", adds.join(", "));
        let mut write = Write::update(&self.table.name, &key, update, &conditions.join(" AND "))
            .name("#v", VERSION)
            .name("#by", WRITTEN_BY)
            .value(":one", number(1))
            .value(":by", AttributeValue::S(self.table.writer.clone()));
        for (n, (name, amount)) in counters.iter().enumerate() {
            write = write.name(format!("#n{n}"), name).value(format!(":a{n}"), number(amount));
            if *amount < 0 {
                write = write.value(format!(":m{n}"), number(amount.unsigned_abs()));
            }
        }
        self.actions.push(Action { key, write: Kind::Update(write), witness: None });
        self
    }

    /// Adds to counters of the item that stands where `new` would, if all `guards` hold. What is not there yet is
    /// created: with the counters at what is added, and the other fields as `new` has them. Fields that are there
    /// already stay, and counters may fall below zero unless a guard forbids it.
    #[must_use]
    pub fn add<T: Item>(mut self, new: &T, counters: &[(&str, i64)], guards: &[Guard<'_>]) -> Self {
        let fields: HashMap<String, AttributeValue> = match serde_dynamo::to_item(new) {
            Ok(fields) => fields,
            Err(error) => {
                self.failed = Some(Error::broken(error));
                return self;
            }
        };
        if let Err(error) = refuse_taken(T::KIND, fields.keys().map(String::as_str)) {
            self.failed = Some(error);
            return self;
        }
        let (mut sets, mut adds) = (vec!["#by = :by".to_owned()], vec!["#v :one".to_owned()]);
        let mut write = Write::update(&self.table.name, &new.key(), String::new(), "")
            .name("#v", VERSION)
            .name("#by", WRITTEN_BY)
            .value(":one", number(1))
            .value(":by", AttributeValue::S(self.table.writer.clone()));
        let constant = fields.into_iter().filter(|(name, _)| counters.iter().all(|(counter, _)| counter != name));
        // In one order, whatever order a map has: a repetition must be the very same request.
        for (n, (name, value)) in constant.collect::<BTreeMap<_, _>>().into_iter().enumerate() {
            sets.push(format!("#f{n} = if_not_exists(#f{n}, :f{n})"));
            write = write.name(format!("#f{n}"), &name).value(format!(":f{n}"), value);
        }
        for (n, (name, amount)) in counters.iter().enumerate() {
            adds.push(format!("#n{n} :a{n}"));
            write = write.name(format!("#n{n}"), name).value(format!(":a{n}"), number(amount));
        }
        let mut conditions = Vec::new();
        for (n, guard) in guards.iter().enumerate() {
            let condition;
            (condition, write) = guard.write(n, write);
            conditions.push(condition);
        }
        let write = write.expressions(format!("SET {} ADD {}", sets.join(", "), adds.join(", ")), conditions);
        self.actions.push(Action { key: new.key(), write: Kind::Update(write), witness: None });
        self
    }

    fn put<T: Item>(
        mut self,
        item: &T,
        version: u64,
        events: Vec<T::Event>,
        past: &[PastOutbox],
        (condition, attribute, value): (&str, &str, Option<AttributeValue>),
    ) -> Self {
        let put = self.table.encode(item, version, events, past).and_then(|(written, mark)| {
            let put = Write::put(&self.table.name, written, condition)?.name("#c", attribute);
            let put = value.into_iter().fold(put, |put, value| put.value(":c", value));
            Ok((put, mark))
        });
        match put {
            Ok((put, mark)) => {
                self.actions.push(Action { key: item.key(), write: Kind::Put(put), witness: Some(mark) });
            }
            Err(error) => self.failed = Some(error),
        }
        self
    }

    /// Commits. At least one action must be a create or a replace: it guards the others against happening twice.
    pub async fn commit(self) -> Result<Commit, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.actions.len() > MAX_ACTIONS || !self.actions.iter().any(|action| action.witness.is_some()) {
            return Err(Error::broken(format!("a transaction of {} actions, or without a guard", self.actions.len())));
        }
        let input = TransactWriteItems {
            transact_items: self.actions.iter().map(|action| &action.write).collect(),
            client_request_token: self.token(),
        };
        let request = DYNAMODB.request::<IgnoredAny>("TransactWriteItems", &input)?;
        let refused = until_definite(&self.table.world, || async {
            match request.once(&self.table.world).await {
                Ok(_) => Attempt::Done(None),
                Err(failed) => match reasons(&failed) {
                    Some(reasons) => self.judge(reasons),
                    None => failed.classify(),
                },
            }
        })
        .await?;
        match refused {
            None => Ok(Commit::Done),
            Some(refused) if self.was_ours(&refused) => Ok(Commit::Done),
            Some(refused) => Ok(Commit::Refused(refused)),
        }
    }

    /// Names this transaction of this invocation to DynamoDB, which then applies it once within ten minutes. Another
    /// delivery of the same event has another token: its items differ in their times, and conditions guard it.
    fn token(&self) -> String {
        let keys = self.actions.iter().map(|action| format!("{} {:?}", action.key, action.witness));
        Digest::of([self.table.request.clone(), self.table.writer.clone()].into_iter().chain(keys)).short(26)
    }

    fn judge(&self, reasons: Vec<Reason>) -> Attempt<Option<Vec<Refused>>> {
        let mut refused = Vec::new();
        for (action, reason) in self.actions.iter().zip(reasons) {
            match reason.code.as_deref() {
                None | Some("None") => {}
                Some("ConditionalCheckFailed") => {
                    let image = reason.item.filter(|item| item.key().is_some());
                    refused.push(Refused { key: action.key.clone(), image });
                }
                Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded") => {}
                Some(code) => return Attempt::Never(Error::broken(format!("{code} at {}", action.key))),
            }
        }
        if refused.is_empty() {
            return Attempt::Again(Error::contended("a transaction met others on its items"));
        }
        Attempt::Done(Some(refused))
    }

    /// Whether a refusing item carries the mark that this transaction would have left on it.
    fn was_ours(&self, refused: &[Refused]) -> bool {
        refused.iter().any(|refused| {
            let action = self.actions.iter().find(|action| action.key == refused.key);
            let witness = action.and_then(|action| action.witness.as_ref());
            witness.is_some_and(|mark| refused.image.as_ref().is_some_and(|image| image.written_by(mark)))
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TransactWriteItems<'t> {
    transact_items: Vec<&'t Kind<'t>>,
    client_request_token: String,
}

/// Why an action kept its transaction from happening.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reason {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    item: Option<Image>,
}

/// The reasons of all actions, if the transaction was cancelled for such.
fn reasons(failed: &Failed) -> Option<Vec<Reason>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Cancelled {
        cancellation_reasons: Vec<Reason>,
    }
    match failed {
        Failed::Refused(refusal) if refusal.code == "TransactionCanceledException" => {
            serde_json::from_slice::<Cancelled>(&refusal.body)
                .ok()
                .map(|cancelled| cancelled.cancellation_reasons)
        }
        _ => None,
    }
}
