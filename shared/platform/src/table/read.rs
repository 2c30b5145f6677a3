//! Reads: by key, by keys, and a collection's items of one kind. No scans, nothing unbounded.

use super::item::{Item, Key, PARTITION, SORT, Stored, decode};
use crate::argument::broken;
use crate::retry::send;
use crate::settings::TABLE;
use crate::{Argument, Call, Error, World};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::try_join_all;
use kernel::Problem;
use std::sync::Arc;

/// How many keys one BatchGetItem takes.
const BATCH: usize = 100;
/// How often what a BatchGetItem left over is asked for again. 100 items of 400 KB take three rounds.
const ROUNDS: usize = 16;

/// Reads the context's table. Reads by key are strongly consistent.
#[derive(Clone)]
pub struct TableReader {
    pub(crate) client: Client,
    pub(crate) name: String,
    pub(crate) world: Arc<World>,
}

impl TableReader {
    pub(crate) fn of(call: &Call) -> Result<Self, Error> {
        Ok(Self {
            client: crate::clients::dynamodb(&call.world),
            name: call.world.settings.get(TABLE)?.to_owned(),
            world: call.world.clone(),
        })
    }

    /// The item under `key`.
    pub async fn get<T: Item>(&self, key: &Key) -> Result<Option<Stored<T>>, Error> {
        let request =
            self.client.get_item().table_name(&self.name).set_key(Some(key.attributes())).consistent_read(true);
        send!(&self.world, request)?.item.map(decode).transpose()
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
            let request = KeysAndAttributes::builder().set_keys(Some(wanted)).build().map_err(Error::broken)?;
            let request = self.client.batch_get_item().request_items(&self.name, request);
            let output = send!(&self.world, request)?;
            for item in output.responses.into_iter().flat_map(|mut tables| tables.remove(&self.name)).flatten() {
                found.push(decode(item)?);
            }
            let left = output.unprocessed_keys.and_then(|mut tables| tables.remove(&self.name));
            wanted = left.map(|left| left.keys).unwrap_or_default();
        }
        Err(Error::unavailable(format!("{} of {} keys were never read", wanted.len(), keys.len())))
    }

    /// All items of kind `T` in the collection `pk`, by sort key. For collections that are bounded by their nature.
    pub async fn collection<T: Item>(&self, pk: impl ToString) -> Result<Vec<T>, Error> {
        let (mut found, mut from) = (Vec::new(), None);
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :kind)")
                .expression_attribute_names("#pk", PARTITION)
                .expression_attribute_names("#sk", SORT)
                .expression_attribute_values(":pk", AttributeValue::S(pk.to_string()))
                .expression_attribute_values(":kind", AttributeValue::S(format!("{}#", T::KIND)))
                .consistent_read(true)
                .set_exclusive_start_key(from);
            let output = send!(&self.world, request)?;
            for item in output.items.unwrap_or_default() {
                found.push(decode(item)?.value);
            }
            from = output.last_evaluated_key;
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

    fn prepare(world: &World) -> Result<(), Error> {
        crate::clients::dynamodb(world);
        Ok(())
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.reads_table();
    }
}
