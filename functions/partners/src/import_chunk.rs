//! Clients were put aside: they are taken over.
//!
//! Consumes `partners.chunk-stored.v1`. Each client is written if this report of it is newer than what is here; only
//! what changed is written and announces `partners.client-imported.v1`. What the chunk held of people is forgotten
//! then. Whatever repeats or overlaps it finds done what is done.

use crate::taking::work_off;
use contracts::partners::ChunkStored;
use platform::{Error, Function, On, Table, events};

/// On `partners.chunk-stored.v1`
pub fn function() -> Function {
    events::on(import_chunk)
}

/// Works the chunk off.
pub async fn import_chunk(stored: On<ChunkStored>, partners: Table) -> Result<(), Error> {
    work_off(&partners, stored.import, stored.number).await
}
