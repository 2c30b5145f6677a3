//! A walk through a whole table, page by page: for sweepers that look for what was missed, and for announcing
//! everything again. It costs as much as the table is large; nothing that a person waits for does it.

use super::TableReader;
use super::item::{Attributes, Image, Item, Key, Stored};
use super::read::Found;
use crate::aws::json::DYNAMODB;
use crate::signer::{base64url, from_base64url};
use crate::{Argument, Call, Error, World};
use kernel::{Cursor, Page, Problem};
use serde::Serialize;

/// How many items a page looks at.
const PAGE: u32 = 200;

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
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Scan<'r> {
            table_name: &'r str,
            limit: u32,
            #[serde(skip_serializing_if = "Option::is_none")]
            exclusive_start_key: Option<Attributes>,
        }
        let scan = Scan {
            table_name: &self.reader.name,
            limit: PAGE,
            exclusive_start_key: start,
        };
        let page: Found = DYNAMODB.request("Scan", &scan)?.send(&self.reader.world).await?;
        let next = page.last_evaluated_key.filter(|end| !end.is_empty());
        Ok(Page { items: page.items, next: next.map(cursor).transpose()? })
    }
}

fn start(cursor: &Cursor) -> Result<Attributes, Error> {
    let place = from_base64url(cursor.as_str()).and_then(|bytes| serde_json::from_slice::<[String; 2]>(&bytes).ok());
    let [pk, sk] = place.ok_or_else(|| Error::broken("no place in a table"))?;
    Ok(Key::new(pk, sk).attributes())
}

fn cursor(end: Attributes) -> Result<Cursor, Error> {
    let text = |name| end.get(name).and_then(super::item::text).unwrap_or_default().to_owned();
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
