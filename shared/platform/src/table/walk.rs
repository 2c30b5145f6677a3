//! A walk through a whole table, page by page: for sweepers that look for what was missed, and for announcing
//! everything again. It costs as much as the table is large; nothing that a person waits for does it.

use super::TableReader;
use super::item::{Attributes, Image, Item, Key, Stored};
use crate::retry::send;
use crate::signer::{base64url, from_base64url};
use crate::{Argument, Call, Error, World};
use aws_sdk_dynamodb::types::AttributeValue;
use kernel::{Cursor, Page, Problem};

/// How many items a page looks at.
const PAGE: i32 = 200;

/// Walks through the context's table. Eventually consistent: whoever acts on an item reads it again.
#[derive(Clone)]
pub struct TableWalk {
    reader: TableReader,
}

impl TableWalk {
    /// The items of kind `T` among the next [`PAGE`] of the table. A page may be empty and not the last one.
    pub async fn page<T: Item>(&self, from: Option<&Cursor>) -> Result<Page<Stored<T>>, Error> {
        let page = self.images(from).await?;
        let mut items = Vec::new();
        for image in page.items {
            let kind = image.key().is_some_and(|key| key.kind() == T::KIND);
            if kind {
                let version = image.version().ok_or_else(|| Error::broken("an item has no version"))?;
                items.push(image.stored(version)?);
            }
        }
        Ok(Page { items, next: page.next })
    }

    /// The next [`PAGE`] items, whatever they are.
    pub(crate) async fn images(&self, from: Option<&Cursor>) -> Result<Page<Image>, Error> {
        let start = from.map(start).transpose()?;
        let TableReader { client, name, world } = &self.reader;
        let request = client.scan().table_name(name).limit(PAGE).set_exclusive_start_key(start);
        let output = send!(world, request)?;
        let items = output.items.unwrap_or_default().into_iter().map(Image::of).collect();
        let next = output.last_evaluated_key.filter(|end| !end.is_empty());
        Ok(Page { items, next: next.map(cursor).transpose()? })
    }
}

fn start(cursor: &Cursor) -> Result<Attributes, Error> {
    let place = from_base64url(cursor.as_str()).and_then(|bytes| serde_json::from_slice::<[String; 2]>(&bytes).ok());
    let [pk, sk] = place.ok_or_else(|| Error::broken("no place in a table"))?;
    Ok(Key::new(pk, sk).attributes())
}

fn cursor(end: Attributes) -> Result<Cursor, Error> {
    let text = |name| end.get(name).and_then(|value: &AttributeValue| value.as_s().ok()).cloned().unwrap_or_default();
    let place = serde_json::to_vec(&[text(super::item::PARTITION), text(super::item::SORT)]).map_err(Error::broken)?;
    Cursor::try_from(base64url(&place)).map_err(Error::broken)
}

impl Argument for TableWalk {
    fn take(call: &Call) -> Result<Self, Problem> {
        TableReader::take(call).map(|reader| Self { reader })
    }

    fn prepare(world: &World) -> Result<(), Error> {
        TableReader::prepare(world)
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.reads_table();
        description.walks = true;
    }
}
