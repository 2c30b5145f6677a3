//! Asks Happy Cat Box for the clients that changed: for what its webhooks did not bring.
//!
//! Started by the clock each hour. Reads the list of what changed since the last time, page by page, puts each page
//! aside as an import, and then remembers how far it came: interrupted anywhere, the next run goes on from there, and
//! a page that was put aside already is not put aside again. A list that is longer than a run goes on in the next one,
//! by time if its place in the list is not good any more. Followed by `partners.chunk-stored.v1`.

use crate::happy_cat_box::{Asked, HappyCatBoxApi, HappyCatBoxKey, SOURCE, changed_after};
use crate::import::Origin;
use crate::row::{self, Rows};
use crate::store::{Pull, pull_key};
use crate::taking::put_aside;
use kernel::id::Id;
use kernel::{Digest, ImportId, Timestamp};
use platform::{Clock, Decision, Error, Function, Log, Partner, Secret, Stored, Table, schedule};
use serde_json::json;
use std::time::Duration;

/// How many pages one run reads.
const PAGES: usize = 50;
/// What changed a moment before the end of a list may not have been in it yet.
const OVERLAP: i64 = 300_000;

/// Every hour
pub fn function() -> Function {
    schedule::every(Duration::from_secs(3600), pull_happy_cat_box)
}

/// Goes on where the last run came to.
pub async fn pull_happy_cat_box(
    clock: Clock,
    log: Log,
    partners: Table,
    api: Partner<HappyCatBoxApi>,
    key: Secret<HappyCatBoxKey>,
) -> Result<(), Error> {
    for _ in 0..PAGES {
        let found = partners.get::<Pull>(&pull_key(SOURCE)).await?;
        let pull = found.as_ref().map_or_else(Pull::begun, |found| found.value.clone());
        let page = match changed_after(&api, &key, pull.after, pull.cursor.as_deref()).await? {
            Asked::Page(page) => page,
            Asked::Lost => {
                go_on(&partners, found.as_ref(), pull.begin_again()).await?;
                continue;
            }
        };
        // A run can take minutes, and clients change meanwhile.
        let now = clock.now();
        let rows = row::read(&page.clients, now);
        let is_last = page.next.is_none();
        let next = pull.after_page(&rows, page.next, now);
        if rows.count > 0 {
            // By what is taken over and what is refused: a row that is refused today may be good tomorrow.
            let outcome = serde_json::to_vec(&(&rows.good, &rows.errors)).map_err(Error::broken)?;
            let content = Digest::of([outcome]).short(26);
            let id = ImportId::from_digest(&Digest::of(["pull", SOURCE, &pull.place(), &content]));
            if rows.refused > 0 {
                let facts = json!({ "import": id, "refused": rows.refused });
                log.warn("a page brings clients that cannot be read", facts);
            }
            put_aside(&partners, id, Origin::Pull, &content, rows, now).await?;
        }
        if next != pull {
            go_on(&partners, found.as_ref(), next).await?;
        }
        if is_last {
            return Ok(());
        }
    }
    Ok(())
}

/// Remembers how far it came, unless another run changed that meanwhile: then it goes on from there.
async fn go_on(partners: &Table, from: Option<&Stored<Pull>>, to: Pull) -> Result<(), Error> {
    let seen = from.map_or(0, |found| found.version);
    let decide = |found: Option<&Stored<Pull>>| {
        let is_as_seen = found.map_or(0, |found| found.version) == seen;
        Ok(if is_as_seen { Decision::To(to.clone(), Vec::new()) } else { Decision::Keep })
    };
    partners.advance(&pull_key(SOURCE), decide).await
}

impl Pull {
    fn begun() -> Self {
        Self {
            partner: SOURCE.to_owned(),
            after: None,
            cursor: None,
            newest: None,
        }
    }

    /// Names the page that is read next.
    fn place(&self) -> String {
        let after = self.after.map(|after| after.to_string()).unwrap_or_default();
        format!("{after} {}", self.cursor.as_deref().unwrap_or_default())
    }

    /// After a page with these rows, and another one to follow or not. A list that ended without news begins at the
    /// same place again. What a partner's clock says beyond ours is not believed: nothing is left out for that.
    fn after_page(&self, rows: &Rows, next: Option<String>, now: Timestamp) -> Self {
        let latest = rows.good.iter().map(|row| row.updated_at.min(now));
        let read = Self { newest: latest.chain(self.newest).max(), ..self.clone() };
        match next {
            Some(cursor) => Self { cursor: Some(cursor), ..read },
            None => read.begin_again(),
        }
    }

    /// A list of what changed since the latest change that was seen: the list goes by time, so what comes before that
    /// was read.
    fn begin_again(&self) -> Self {
        let until = self.newest.map(|newest| Timestamp::from_millis(newest.as_millis().saturating_sub(OVERLAP)));
        Self {
            partner: self.partner.clone(),
            after: until.max(self.after),
            cursor: None,
            newest: None,
        }
    }
}
