//! Transactions: up to 100 actions on items of the table, all or none.

use super::Table;
use super::item::{Attributes, Image, Item, Key, Mark, PARTITION, Stored, VERSION, WRITTEN_BY, encode, number};
use crate::Error;
use crate::retry::{Attempt, classify, until_definite};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use kernel::Digest;
use std::collections::HashMap;

/// How many actions one transaction takes (a limit of DynamoDB).
pub const MAX_ACTIONS: usize = 100;

/// A transaction being put together.
pub struct Transaction<'t> {
    table: &'t Table,
    actions: Vec<Action>,
    failed: Option<Error>,
}

struct Action {
    key: Key,
    write: TransactWriteItem,
    /// The mark that a create or replace leaves: it proves that an earlier attempt was applied. Counters prove
    /// nothing, others move them too.
    witness: Option<Mark>,
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

    /// Adds to counters of the item under `key`, if it exists and none of them would fall below zero.
    #[must_use]
    pub fn shift(mut self, key: Key, counters: &[(&str, i64)]) -> Self {
        let mut update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(key.attributes()))
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_names("#by", WRITTEN_BY)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":by", AttributeValue::S(self.table.writer.clone()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let (mut adds, mut conditions) = (vec!["#v :one".to_owned()], vec!["attribute_exists(#v)".to_owned()]);
        for (n, (name, amount)) in counters.iter().enumerate() {
            update = update
                .expression_attribute_names(format!("#n{n}"), *name)
                .expression_attribute_values(format!(":a{n}"), number(amount));
            adds.push(format!("#n{n} :a{n}"));
            if *amount < 0 {
                update = update.expression_attribute_values(format!(":m{n}"), number(amount.unsigned_abs()));
                conditions.push(format!("#n{n} >= :m{n}"));
            }
        }
        let update = update
            .update_expression(format!("SET #by = :by ADD {}", adds.join(", ")))
            .condition_expression(conditions.join(" AND "))
            .build();
        match update {
            Ok(update) => {
                let write = TransactWriteItem::builder().update(update).build();
                self.actions.push(Action { key, write, witness: None });
            }
            Err(error) => self.failed = Some(Error::broken(error)),
        }
        self
    }

    fn put<T: Item>(
        mut self,
        item: &T,
        version: u64,
        events: Vec<T::Event>,
        past: &[AttributeValue],
        (condition, attribute, value): (&str, &str, Option<AttributeValue>),
    ) -> Self {
        let put = self.table.mark(version, item, &events).and_then(|mark| {
            let put = Put::builder()
                .table_name(&self.table.name)
                .set_item(Some(encode(item, &mark, self.table.outbox(version, events), past)?))
                .condition_expression(condition)
                .expression_attribute_names("#c", attribute)
                .set_expression_attribute_values(value.map(|value| HashMap::from([(":c".to_owned(), value)])))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .build()
                .map_err(Error::broken)?;
            Ok((put, mark))
        });
        match put {
            Ok((put, mark)) => {
                let write = TransactWriteItem::builder().put(put).build();
                self.actions.push(Action { key: item.key(), write, witness: Some(mark) });
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
        let request = self
            .table
            .client
            .transact_write_items()
            .set_transact_items(Some(self.actions.iter().map(|action| action.write.clone()).collect()))
            .client_request_token(self.token());
        let refused = until_definite(&self.table.world, || async {
            match request.clone().send().await {
                Ok(_) => Attempt::Done(None),
                Err(error) => match reasons(&error) {
                    Some(reasons) => self.judge(reasons),
                    None => classify(&error),
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

    fn judge(&self, reasons: &[CancellationReason]) -> Attempt<Option<Vec<Refused>>> {
        let mut refused = Vec::new();
        for (action, reason) in self.actions.iter().zip(reasons) {
            match reason.code() {
                None | Some("None") => {}
                Some("ConditionalCheckFailed") => {
                    let image = reason.item.clone().filter(|item: &Attributes| !item.is_empty()).map(Image::of);
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

fn reasons<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<&[CancellationReason]> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled.cancellation_reasons()),
        _ => None,
    }
}
