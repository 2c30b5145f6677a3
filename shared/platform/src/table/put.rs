//! One conditional write, as DynamoDB takes it: by itself or as an action of a transaction.

use super::item::{Attributes, Image, Key};
use super::writer::ItemWriter;
use crate::Error;
use crate::aws::Failed;
use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// An item that is put under a condition, or an update of one.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Write<'t> {
    table_name: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Attributes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_expression: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    condition_expression: String,
    expression_attribute_names: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    expression_attribute_values: BTreeMap<String, AttributeValue>,
    return_values_on_condition_check_failure: &'static str,
}

impl<'t> Write<'t> {
    /// Puts `item` if the condition holds.
    pub fn put(table: &'t str, item: ItemWriter, condition: &str) -> Result<Self, Error> {
        Ok(Self { item: Some(item.end()?), ..Self::of(table, condition) })
    }

    fn of(table: &'t str, condition: &str) -> Self {
        Self {
            table_name: table,
            item: None,
            key: None,
            update_expression: None,
            condition_expression: condition.to_owned(),
            expression_attribute_names: BTreeMap::new(),
            expression_attribute_values: BTreeMap::new(),
            return_values_on_condition_check_failure: "ALL_OLD",
        }
    }

    /// Updates the item under `key` if the condition holds; an empty one always does.
    pub fn update(table: &'t str, key: &Key, update: String, condition: &str) -> Self {
        let (key, update_expression) = (Some(key.attributes()), Some(update));
        Self { key, update_expression, ..Self::of(table, condition) }
    }

    /// What the update does, if all of these conditions hold.
    pub fn expressions(self, update: String, conditions: Vec<String>) -> Self {
        let condition_expression = conditions.join(" AND ");
        Self {
            update_expression: Some(update),
            condition_expression,
            ..self
        }
    }

    /// Names an attribute that the expressions speak of.
    pub fn name(mut self, placeholder: impl Into<String>, name: &str) -> Self {
        self.expression_attribute_names.insert(placeholder.into(), name.to_owned());
        self
    }

    /// A value that the expressions speak of.
    pub fn value(mut self, placeholder: impl Into<String>, value: AttributeValue) -> Self {
        self.expression_attribute_values.insert(placeholder.into(), value);
        self
    }
}

/// What stood where a condition failed, if that is what failed: `Some(None)` for nothing.
pub(super) fn refused(failed: &Failed) -> Option<Option<Image>> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Refusal {
        item: Option<Image>,
    }
    match failed {
        Failed::Refused(refusal) if refusal.code == "ConditionalCheckFailedException" => {
            let Refusal { item } = serde_json::from_slice(&refusal.body).unwrap_or_default();
            Some(item.filter(|item| item.key().is_some()))
        }
        _ => None,
    }
}
