//! Takes over what a partner sent: puts it aside in chunks, and works them off.

use crate::client::{Client, ClientEvent, Effect};
use crate::happy_cat_box::SOURCE;
use crate::import::{Chunk, ChunkEvent, Import, Origin, Tally};
use crate::row::{ClientRow, ExternalId, Rows};
use crate::store::{chunk_key, client_key};
use futures_util::future::try_join_all;
use kernel::{ImportId, Timestamp};
use platform::http::IdempotencyKey;
use platform::{Creation, Decision, Error, Failure, Key, Stored, Table};
use std::collections::BTreeMap;

/// How many clients are written at once.
const AT_ONCE: usize = 10;

/// Whether an import is the one that was asked for.
pub enum Put {
    /// It is, and is there now.
    Aside(Import),
    /// Another request made one under this id.
    Another,
}

/// Puts an import aside: its chunks, each with its announcement, then the import itself. Interrupted, it is finished by
/// its repetition; what is there already stays.
pub async fn put_aside(
    partners: &Table,
    id: ImportId,
    origin: Origin,
    request: &str,
    rows: Rows,
    now: Timestamp,
) -> Result<Put, Error> {
    let (import, chunks) = Import::of(id, origin, request, rows, now);
    let written = chunks.iter().map(|chunk| partners.create(chunk, vec![ChunkEvent::Stored]));
    for created in try_join_all(written).await? {
        if matches!(created, Creation::Exists(other) if other.value.request != request) {
            return Ok(Put::Another);
        }
    }
    match partners.create(&import, Vec::new()).await? {
        Creation::Exists(other) if other.value.request != request => Ok(Put::Another),
        Creation::Exists(other) => Ok(Put::Aside(other.value)),
        Creation::Created => Ok(Put::Aside(import)),
    }
}

/// The import that a request made, or the refusal of a key that was used for another one.
pub fn asked_for<R>(put: Put, key: &IdempotencyKey) -> Result<Import, Failure<R>> {
    match put {
        Put::Aside(import) => Ok(import),
        Put::Another => {
            key.replays("")?;
            Err(platform::http::not_found())
        }
    }
}

/// Takes over the clients of a chunk, unless that was done.
pub async fn work_off(partners: &Table, import: ImportId, number: u16) -> Result<(), Error> {
    let key = chunk_key(import, number);
    let Some(chunk) = partners.get::<Chunk>(&key).await? else {
        return Err(Error::broken(format!("chunk {number} of {import} is not here")));
    };
    if chunk.value.done.is_some() {
        return Ok(());
    }
    let mut tally = Tally::default();
    for some in chunk.value.clients.chunks(AT_ONCE) {
        let written = some.iter().map(|row| take_over(partners, Client::of(SOURCE, row.clone())));
        try_join_all(written).await?.into_iter().for_each(|effect| tally.count(effect));
    }
    let decide = |found: Option<&Stored<Chunk>>| {
        let undone = found.filter(|found| found.value.done.is_none());
        Ok(undone.map_or(Decision::Keep, |found| Decision::To(found.value.done(tally), Vec::new())))
    };
    partners.advance(&key, decide).await
}

/// Writes a client if this report of it counts.
async fn take_over(partners: &Table, client: Client) -> Result<Effect, Error> {
    let mut effect = Effect::Unchanged;
    let decide = |found: Option<&Stored<Client>>| {
        effect = client.effect(found.map(|found| &found.value));
        Ok(match effect {
            Effect::Created | Effect::Changed => Decision::To(client.clone(), vec![ClientEvent::Imported]),
            Effect::Unchanged | Effect::Late => Decision::Keep,
        })
    };
    partners.advance(&client_key(&client.source, &client.external_id), decide).await?;
    Ok(effect)
}

/// What would become of the rows.
pub async fn outlook(partners: &Table, rows: &[ClientRow]) -> Result<Tally, Error> {
    let keys: Vec<Key> = rows.iter().map(|row| client_key(SOURCE, &row.id)).collect();
    let known: Vec<Client> = partners.get_each(&keys).await?;
    let known: BTreeMap<ExternalId, Client> =
        known.into_iter().map(|client| (client.external_id.clone(), client)).collect();
    let mut tally = Tally::default();
    for row in rows {
        tally.count(Client::of(SOURCE, row.clone()).effect(known.get(&row.id)));
    }
    Ok(tally)
}
