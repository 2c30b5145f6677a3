//! Reads: by key, by keys, and a collection's items of one kind. No scans, nothing unbounded.

use super::item::{Attributes, Image, Item, Key, PARTITION, SORT, Stored, decode};
use crate::argument::broken;
use crate::aws::json::DYNAMODB;
use crate::settings::TABLE;
use crate::{Argument, Call, Error, World};
use futures_util::future::try_join_all;
use kernel::Problem;
use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;
use std::collections::HashMap;
use std::sync::Arc;

/// How many keys one BatchGetItem takes.
const BATCH: usize = 100;
/// How often what a BatchGetItem left over is asked for again. 100 items of 400 KB take three rounds.
const ROUNDS: usize = 16;

/// Reads the context's table. Reads by key are strongly consistent.
#[derive(Clone)]
pub struct TableReader {
    pub(crate) name: String,
    pub(crate) world: Arc<World>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BatchGetItem<'r> {
    request_items: HashMap<&'r str, Keys>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    keys: Vec<Attributes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    #[serde(default)]
    responses: HashMap<String, Vec<Image>>,
    #[serde(default)]
    unprocessed_keys: HashMap<String, Keys>,
}

/// A query, as DynamoDB takes it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Query<'r> {
    pub table_name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_name: Option<&'r str>,
    pub key_condition_expression: &'r str,
    pub expression_attribute_names: HashMap<&'r str, &'r str>,
    pub expression_attribute_values: HashMap<&'r str, AttributeValue>,
    pub scan_index_forward: bool,
    pub consistent_read: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_start_key: Option<Attributes>,
}

/// What a query or a scan found.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Found {
    #[serde(default)]
    pub items: Vec<Image>,
    #[serde(default)]
    pub last_evaluated_key: Option<Attributes>,
}

impl TableReader {
    pub(crate) fn of(call: &Call) -> Result<Self, Error> {
        Ok(Self {
            name: call.world.settings.get(TABLE)?.to_owned(),
            world: call.world.clone(),
        })
    }

    /// The item under `key`.
    pub async fn get<T: Item>(&self, key: &Key) -> Result<Option<Stored<T>>, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct GetItem<'r> {
            table_name: &'r str,
            key: Attributes,
            consistent_read: bool,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Got {
            item: Option<Image>,
        }
        let input = GetItem {
            table_name: &self.name,
            key: key.attributes(),
            consistent_read: true,
        };
        let got: Got = DYNAMODB.request("GetItem", &input)?.send(&self.world).await?;
        got.item.map(decode).transpose()
    }

    /// The items under `keys` that exist, in no particular order. Eventually consistent: for replicas, not for
    /// decisions about money, access or uniqueness.
    pub async fn get_each<T: Item>(&self, keys: &[Key]) -> Result<Vec<T>, Error> {
        Ok(self.stored_each(keys).await?.into_iter().map(|found| found.value).collect())
    }

    /// The same with their versions.
    pub(crate) async fn stored_each<T: Item>(&self, keys: &[Key]) -> Result<Vec<Stored<T>>, Error> {
        let batches = keys.chunks(BATCH).map(|keys| self.get_batch::<T>(keys));
        Ok(try_join_all(batches).await?.into_iter().flatten().collect())
    }

    async fn get_batch<T: Item>(&self, keys: &[Key]) -> Result<Vec<Stored<T>>, Error> {
        let mut wanted: Vec<_> = keys.iter().map(Key::attributes).collect();
        let mut found = Vec::with_capacity(keys.len());
        // 16 MB and throttling leave the rest for the next round.
        for _ in 0..ROUNDS {
            if wanted.is_empty() {
                return Ok(found);
            }
            let input = BatchGetItem {
                request_items: HashMap::from([(self.name.as_str(), Keys { keys: wanted })]),
            };
            let mut got: Batch = DYNAMODB.request("BatchGetItem", &input)?.send(&self.world).await?;
            for item in got.responses.remove(&self.name).into_iter().flatten() {
                found.push(decode(item)?);
            }
            wanted = got.unprocessed_keys.remove(&self.name).map(|left| left.keys).unwrap_or_default();
        }
        Err(Error::unavailable(format!("{} of {} keys were never read", wanted.len(), keys.len())))
    }

    /// All items of kind `T` in the collection `pk`, by sort key. For collections that are bounded by their nature.
    pub async fn collection<T: Item>(&self, pk: impl ToString) -> Result<Vec<T>, Error> {
        let (mut found, mut from) = (Vec::new(), None);
        loop {
            let query = Query {
                table_name: &self.name,
                index_name: None,
                key_condition_expression: "#pk = :pk AND begins_with(#sk, :kind)",
                expression_attribute_names: HashMap::from([("#pk", PARTITION), ("#sk", SORT)]),
                expression_attribute_values: HashMap::from([
                    (":pk", AttributeValue::S(pk.to_string())),
                    (":kind", AttributeValue::S(format!("{}#", T::KIND))),
                ]),
                scan_index_forward: true,
                consistent_read: true,
                limit: None,
                exclusive_start_key: from,
            };
            let page: Found = DYNAMODB.request("Query", &query)?.send(&self.world).await?;
            for item in page.items {
                found.push(decode(item)?.value);
            }
            from = page.last_evaluated_key.filter(|end| !end.is_empty());
            if from.is_none() {
                return Ok(found);
            }
        }
    }
}

impl Argument for TableReader {
    fn take(call: &Call) -> Result<Self, Problem> {
        Self::of(call).map_err(|error| broken(call, &error))
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.reads_table();
    }
}
