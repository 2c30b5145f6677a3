//! What is due: items that wait for the clock, for the sweepers of a context.

use super::TableReader;
use super::item::{Item, Stored};
use super::list::List;
use crate::Error;
use crate::function::Index;
use kernel::{Cursor, Timestamp};
use std::collections::VecDeque;
use std::convert::Infallible;

/// Lists what waits, by when somebody is to look at it. An item waits for something (`waiting`) until a moment (`due`);
/// one that does not has neither attribute, and is not in it.
pub const BY_DUE: Index = Index { name: "by-due", partition: "waiting", sort: "due" };

/// Items that are read at a time: as many as come in one call.
const PAGE: u32 = 100;
/// More than a run deals with.
const MOST: usize = 5000;

/// What waits for the same thing and is due, one after the other, the longest due first.
///
/// An index may be a moment behind, and what comes of one item may change others: look at each as it stands.
pub struct Due<'t, T> {
    table: &'t TableReader,
    list: List,
    read: VecDeque<Stored<T>>,
    cursor: Option<Cursor>,
    is_more: bool,
    left: usize,
}

impl TableReader {
    /// What of [`BY_DUE`] waits for this and was due by `until`: five thousand items at most. The rest waits for the
    /// next run.
    pub fn due<T: Item>(&self, waiting: &str, until: Timestamp) -> Due<'_, T> {
        Due {
            table: self,
            list: List::index(BY_DUE, waiting).between(Timestamp::from_millis(0), until),
            read: VecDeque::new(),
            cursor: None,
            is_more: true,
            left: MOST,
        }
    }
}

impl<T: Item> Due<'_, T> {
    /// No more than so many.
    #[must_use]
    pub fn at_most(self, most: usize) -> Self {
        Self { left: most, ..self }
    }

    /// The next one. `None`: that was all.
    pub async fn next(&mut self) -> Result<Option<Stored<T>>, Error> {
        while self.read.is_empty() && self.is_more && self.left > 0 {
            let limit = u32::try_from(self.left).unwrap_or(PAGE).min(PAGE);
            let page = self.table.list::<T, Infallible>(&self.list, limit, self.cursor.as_ref()).await?;
            self.is_more = page.next.is_some();
            self.cursor = page.next;
            self.left = self.left.saturating_sub(page.items.len().max(1));
            self.read = page.items.into();
        }
        Ok(self.read.pop_front())
    }

    /// All of them.
    pub async fn all(mut self) -> Result<Vec<Stored<T>>, Error> {
        let mut all = Vec::new();
        while let Some(one) = self.next().await? {
            all.push(one);
        }
        Ok(all)
    }
}
