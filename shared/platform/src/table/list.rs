//! Pages of long lists: an index's partition, or one kind of item of a collection.

use super::TableReader;
use super::item::{Attributes, Image, Item, Key, PARTITION, SORT, Stored, decode, text};
use super::read::{Found, Query};
use crate::aws::json::DYNAMODB;
use crate::function::Index;
use crate::http::query::invalid;
use crate::signer::{base64url, from_base64url};
use crate::{Error, Failure};
use kernel::{Cursor, Page};
use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;
use std::collections::{BTreeMap, HashMap};

/// What to list.
#[derive(Clone, Debug)]
pub struct List {
    index: Option<Index>,
    partition: String,
    range: Range,
    newest_first: bool,
}

#[derive(Clone, Debug)]
enum Range {
    All,
    Prefix(String),
    Between(String, String),
}

impl List {
    /// The items of an index's partition, by the index's sort attribute. Eventually consistent.
    pub fn index(index: Index, partition: impl ToString) -> Self {
        Self {
            index: Some(index),
            partition: partition.to_string(),
            range: Range::All,
            newest_first: false,
        }
    }

    /// The items of kind `T` in the collection `pk`, by sort key. Strongly consistent.
    pub fn collection<T: Item>(pk: impl ToString) -> Self {
        let range = Range::Prefix(format!("{}#", T::KIND));
        Self {
            index: None,
            partition: pk.to_string(),
            range,
            newest_first: false,
        }
    }

    /// Only those whose sort value begins like this.
    #[must_use]
    pub fn prefix(self, prefix: impl ToString) -> Self {
        Self { range: Range::Prefix(prefix.to_string()), ..self }
    }

    /// Only those whose sort value is from `low` to `high`, both included.
    #[must_use]
    pub fn between(self, low: impl ToString, high: impl ToString) -> Self {
        Self {
            range: Range::Between(low.to_string(), high.to_string()),
            ..self
        }
    }

    /// The greatest sort value first.
    #[must_use]
    pub fn newest_first(self) -> Self {
        Self { newest_first: true, ..self }
    }

    fn partition_attribute(&self) -> &'static str {
        self.index.map_or(PARTITION, |index| index.partition)
    }

    fn sort_attribute(&self) -> &'static str {
        self.index.map_or(SORT, |index| index.sort)
    }

    /// The attributes that say where a page begins. The partition is the list's own, whatever a cursor says.
    fn start<R>(&self, cursor: &Cursor) -> Result<Attributes, Failure<R>> {
        let bytes = from_base64url(cursor.as_str()).ok_or_else(no_cursor)?;
        let place: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| no_cursor())?;
        let text = |text: &String| AttributeValue::S(text.clone());
        let mut start =
            HashMap::from([(self.partition_attribute().to_owned(), AttributeValue::S(self.partition.clone()))]);
        match (self.index, &place[..]) {
            (None, [sk]) => drop(start.insert(SORT.to_owned(), text(sk))),
            (Some(index), [sort, pk, sk]) => start.extend([
                (index.sort.to_owned(), text(sort)),
                (PARTITION.to_owned(), text(pk)),
                (SORT.to_owned(), text(sk)),
            ]),
            _ => return Err(no_cursor()),
        }
        Ok(start)
    }

    /// The cursor of the page after the one that ended here.
    fn cursor(&self, end: &Attributes) -> Result<Cursor, Error> {
        let names: &[&str] = match self.index {
            None => &[SORT],
            Some(_) => &[self.sort_attribute(), PARTITION, SORT],
        };
        let place: Vec<&str> = names.iter().filter_map(|name| text(end.get(*name)?)).collect();
        let place = serde_json::to_vec(&place).map_err(Error::broken)?;
        Cursor::try_from(base64url(&place)).map_err(Error::broken)
    }
}

/// What an index says of an item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IndexEntry {
    /// The item's partition key.
    pub pk: String,
    /// The item's sort key.
    pub sk: String,
    /// The index's sort value.
    pub sort: String,
}

/// One page of what an index says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexPage {
    /// What is on it.
    pub entries: Vec<IndexEntry>,
    /// The next page begins after this one. Nothing on the last page.
    pub next: Option<IndexEntry>,
}

impl IndexEntry {
    fn read(list: &List, attributes: &Attributes) -> Option<Self> {
        let attribute = |name: &str| attributes.get(name).and_then(text).map(str::to_owned);
        Some(Self {
            pk: attribute(PARTITION)?,
            sk: attribute(SORT)?,
            sort: attribute(list.sort_attribute())?,
        })
    }

    fn start(&self, list: &List) -> Attributes {
        let attribute = |name: &str, value: &str| (name.to_owned(), AttributeValue::S(value.to_owned()));
        HashMap::from([
            attribute(list.partition_attribute(), &list.partition),
            attribute(list.sort_attribute(), &self.sort),
            attribute(PARTITION, &self.pk),
            attribute(SORT, &self.sk),
        ])
    }
}

impl TableReader {
    /// One page of what an index itself says, without a look at the items: for an index whose sort value holds all that
    /// a reader needs, so that many of them cost little. Eventually consistent.
    pub async fn entries(&self, list: &List, limit: u32, after: Option<&IndexEntry>) -> Result<IndexPage, Error> {
        let page = self.query(list, limit, after.map(|after| after.start(list))).await?;
        let next = page.last_evaluated_key.filter(|end| !end.is_empty());
        Ok(IndexPage {
            entries: page.items.iter().filter_map(|image| IndexEntry::read(list, &image.attributes())).collect(),
            next: next.and_then(|end| IndexEntry::read(list, &end)),
        })
    }

    /// One page of `list`, of at most `limit` items. A cursor that is not from a page of such a list is refused.
    pub async fn list<T: Item, R>(
        &self,
        list: &List,
        limit: u32,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Stored<T>>, Failure<R>> {
        let start = cursor.map(|cursor| list.start(cursor)).transpose()?;
        let page = self.query(list, limit, start).await.map_err(|error| match &error {
            // DynamoDB itself refuses a place that is outside the list, or no key at all.
            Error::Broken { cause } if cursor.is_some() && cause.starts_with("ValidationException") => no_cursor(),
            _ => Failure::Failed(error),
        })?;
        let found = page.items;
        let next = page.last_evaluated_key.filter(|end| !end.is_empty());
        let next = next.map(|end| list.cursor(&end)).transpose().map_err(Failure::Failed)?;
        let items = match list.index {
            None => found.into_iter().map(decode).collect::<Result<_, _>>(),
            Some(_) => self.look_up(found).await,
        };
        Ok(Page { items: items.map_err(Failure::Failed)?, next })
    }

    async fn query(&self, list: &List, limit: u32, start: Option<Attributes>) -> Result<Found, Error> {
        let (names, values, condition) = condition(list);
        let query = Query {
            table_name: &self.name,
            index_name: list.index.map(|index| index.name),
            key_condition_expression: &condition,
            expression_attribute_names: names,
            expression_attribute_values: values,
            scan_index_forward: !list.newest_first,
            consistent_read: list.index.is_none(),
            limit: Some(limit),
            exclusive_start_key: start,
        };
        DYNAMODB.request("Query", &query)?.send(&self.world).await
    }

    /// The items that an index names, in the index's order. An index holds keys only.
    async fn look_up<T: Item>(&self, entries: Vec<Image>) -> Result<Vec<Stored<T>>, Error> {
        let keys: Vec<Key> = entries.iter().filter_map(Image::key).collect();
        let found = self.stored_each::<T>(&keys).await?;
        let mut found: BTreeMap<Key, Stored<T>> = found.into_iter().map(|item| (item.value.key(), item)).collect();
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }
}

fn no_cursor<R>() -> Failure<R> {
    Failure::Problem(Box::new(invalid("cursor: it is no `next` of a page of this list")))
}

type Condition<'l> = (HashMap<&'static str, &'l str>, HashMap<&'static str, AttributeValue>, String);

fn condition(list: &List) -> Condition<'_> {
    let mut names = HashMap::from([("#p", list.partition_attribute())]);
    let mut values = HashMap::from([(":p", AttributeValue::S(list.partition.clone()))]);
    let mut condition = "#p = :p".to_owned();
    if !matches!(list.range, Range::All) {
        names.insert("#s", list.sort_attribute());
    }
    match &list.range {
        Range::All => {}
        Range::Prefix(prefix) => {
            values.insert(":a", AttributeValue::S(prefix.clone()));
            condition += " AND begins_with(#s, :a)";
        }
        Range::Between(low, high) => {
            values.insert(":a", AttributeValue::S(low.clone()));
            values.insert(":b", AttributeValue::S(high.clone()));
            condition += " AND #s BETWEEN :a AND :b";
        }
    }
    (names, values, condition)
}
