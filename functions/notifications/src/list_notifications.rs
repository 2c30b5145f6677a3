//! Somebody looks at the feed.
//!
//! Called by anybody who is signed in, for the own feed only: newest first, page by page. Texts are written when they
//! are read, in the language that the client asks for, else the person's preference. The first page also tells how
//! many of the newest hundred are unread: a badge shows no more.

use crate::feed::Entry;
use crate::figures::SiteUrl;
use crate::letter::{Reader, Short, short};
use crate::locale::Locale;
use crate::preferences::Preferences;
use crate::store;
use kernel::{Count, Cursor, MessageId, Page, Timestamp};
use platform::http::{self, Query, SignedIn};
use platform::{Failure, Function, List, Setting, Stored, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// How many entries a page has unless asked for otherwise.
const USUAL: u32 = 20;
/// Among how many of the newest the unread ones are counted.
const COUNTED: u32 = 100;

/// Which page, in which language.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListNotifications {
    /// How many on a page: 20 unless it says otherwise.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
    /// The language of the texts.
    #[serde(default)]
    pub locale: Option<Locale>,
}

/// A page of the feed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Feed {
    /// The entries, newest first.
    #[serde(flatten)]
    pub page: Page<Notification>,
    /// How many of the newest hundred are unread. On the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<u32>,
}

/// An entry of the feed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Notification {
    /// Names it.
    pub id: MessageId,
    /// What it is about: `order-paid`.
    pub kind: &'static str,
    /// One line.
    pub title: String,
    /// A sentence.
    pub text: String,
    /// Its facts, for clients that show them their own way.
    pub facts: serde_json::Value,
    /// When it happened.
    pub at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// `GET /v1/notifications`
pub fn function() -> Function {
    http::get("/v1/notifications", list_notifications)
}

/// Reads a page and, with the first one, counts the unread.
pub async fn list_notifications(
    person: SignedIn,
    Query(asked): Query<ListNotifications>,
    Setting(site): Setting<SiteUrl>,
    notifications: TableReader,
) -> Result<http::Ok<Feed>, Failure<Infallible>> {
    let list = List::collection::<Entry>(person.account).newest_first();
    let limit = asked.limit.map_or(USUAL, Count::get);
    let page = notifications.list::<Entry, Infallible>(&list, limit, asked.cursor.as_ref());
    let preferences = async { Ok(store::preferences(&notifications, person.account).await?) };
    let (page, preferences) = platform::both(page, preferences).await?;
    let unread = match asked.cursor {
        None => Some(unread(&notifications, &list, &page, limit).await?),
        Some(_) => None,
    };
    let reader = reader(&preferences, asked.locale, site);
    let page = page.map(|entry| notification(entry.value, &reader));
    Ok(http::Ok { version: None, body: Feed { page, unread } })
}

/// How many of the newest are unread. What the page has already is not read twice if it is all there is.
async fn unread(
    notifications: &TableReader,
    list: &List,
    page: &Page<Stored<Entry>>,
    limit: u32,
) -> Result<u32, Failure<Infallible>> {
    let count = |entries: &[Stored<Entry>]| {
        let unread = entries.iter().filter(|entry| entry.value.read_at.is_none()).count();
        u32::try_from(unread).unwrap_or(u32::MAX)
    };
    if page.next.is_none() || limit == COUNTED {
        return Ok(count(&page.items));
    }
    let rest = notifications.list::<Entry, Infallible>(list, COUNTED - limit, page.next.as_ref()).await?;
    Ok(count(&page.items) + count(&rest.items))
}

fn reader(preferences: &Preferences, asked: Option<Locale>, site: String) -> Reader {
    Reader {
        locale: asked.unwrap_or_else(|| preferences.locale("")),
        zone: preferences.zone(""),
        site,
        unsubscribe: None,
    }
}

/// The entry with its text. One that cannot be written any more shows its facts only: the rest of the feed is there.
fn notification(entry: Entry, reader: &Reader) -> Notification {
    let kind = entry.notice.name();
    let facts = serde_json::to_value(&entry.notice).unwrap_or_default();
    let Short { title, text } =
        short(&entry.notice, reader).unwrap_or_else(|_| Short { title: kind.to_owned(), text: String::new() });
    let Entry { id, at, read_at, .. } = entry;
    Notification { id, kind, title, text, facts, at, read_at }
}
