//! The stream of the context's table as Lambda hands it over: old and new image of each changed item.

use crate::Error;
use crate::outbox::Outbox;
use crate::table::{Image, Item, Key};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A batch of changes, oldest first for each item.
#[derive(Deserialize)]
pub(crate) struct Batch {
    #[serde(rename = "Records")]
    pub records: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
pub(crate) struct Record {
    pub dynamodb: Dynamodb,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Dynamodb {
    pub sequence_number: String,
    new_image: Option<serde_dynamo::Item>,
    old_image: Option<serde_dynamo::Item>,
}

impl Record {
    /// The news that this record brings: a new image whose outbox belongs to this very write. Removals, repeated
    /// images and items that announce nothing bring none.
    pub fn news(self) -> Result<Option<Change>, Error> {
        let Some(new) = self.dynamodb.new_image.map(image) else {
            return Ok(None);
        };
        let Some(outbox) = new.outbox::<serde::de::IgnoredAny>()? else {
            return Ok(None);
        };
        let version = new.version().ok_or_else(|| Error::broken("an item with an outbox has no version"))?;
        let before = self.dynamodb.old_image.map(image).and_then(|old| old.version());
        if outbox.version != version || before == Some(version) {
            return Ok(None);
        }
        let key = new.key().ok_or_else(|| Error::broken("an item has no key"))?;
        Ok(Some(Change { key, version, image: new }))
    }
}

fn image(item: serde_dynamo::Item) -> Image {
    Image::of(item.into())
}

/// One change of an item, with what it announces.
#[derive(Clone, Debug)]
pub struct Change {
    /// The item.
    pub key: Key,
    /// Its version after the change.
    pub version: u64,
    image: Image,
}

impl Change {
    /// What kind of item changed: [`Item::KIND`].
    pub fn kind(&self) -> &str {
        self.key.kind()
    }

    /// All that an item announced and still knows of, as if each announcement had just been made.
    pub(crate) fn all_of(image: Image) -> Vec<Result<Change, Error>> {
        let change = |outbox: AttributeValue| {
            let image = image.clone().with_outbox(outbox);
            let outbox = image.outbox::<serde::de::IgnoredAny>()?;
            let version = outbox.ok_or_else(|| Error::broken("a change without an outbox"))?.version;
            let key = image.key().ok_or_else(|| Error::broken("an item has no key"))?;
            Ok(Change { key, version, image })
        };
        image.announcements().into_iter().map(change).collect()
    }

    /// The outbox, whatever its events are.
    pub(crate) fn outbox(&self) -> Result<Outbox<serde::de::IgnoredAny>, Error> {
        self.image.outbox()?.ok_or_else(|| Error::broken("a change without an outbox"))
    }

    /// The item as it is after the change, and what it announces.
    pub fn read<T: Item>(&self) -> Result<(T, Outbox<T::Event>), Error> {
        let outbox = self.image.outbox()?.ok_or_else(|| Error::broken("a change without an outbox"))?;
        Ok((self.image.value()?, outbox))
    }
}
