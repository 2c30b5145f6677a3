//! Happy Cat Box says which of its clients changed.
//!
//! Called by Happy Cat Box, which signs what it sends (Standard Webhooks); anything else is refused. Up to 1,000
//! clients a call are put aside in chunks before it is acknowledged, and taken over one by one from there: however
//! much comes at once, a call is a few writes. The same webhook again is acknowledged and changes nothing; webhooks of
//! other types too. Rows that cannot be read are counted and named in the import (`get-import`), the others are kept.
//! Followed by `partners.chunk-stored.v1`.

use crate::happy_cat_box::{HappyCatBoxWebhookSecret, SOURCE, clients_of};
use crate::import::{Import, Origin};
use crate::row::{self, MAX_ROWS};
use crate::store::import_key;
use crate::taking::put_aside;
use derive::Refusal;
use kernel::id::Id;
use kernel::{Digest, ImportId};
use platform::http::{self, Anyone, NoContent, RawBody};
use platform::standard_webhooks::{Headers, verify};
use platform::{Error, Failure, Function, Log, Now, Secret, Table};
use serde_json::json;

/// Why a webhook is not listened to.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The webhook is not signed as it must be.
    #[problem(400, "signature-invalid", "Sign it by Standard Webhooks, at most five minutes before it arrives.")]
    SignatureInvalid,
    /// The webhook brings too many clients.
    #[problem(422, "too-many-clients", "A webhook brings at most {most} clients: send the others in another one.")]
    TooMany {
        /// How many it may bring.
        most: usize,
    },
}

/// `POST /v1/webhooks/happy-cat-box`
pub fn function() -> Function {
    http::post("/v1/webhooks/happy-cat-box", happy_cat_box_webhook)
}

/// Checks the signature, and puts the clients aside unless this very webhook did.
pub async fn happy_cat_box_webhook(
    _: Anyone,
    body: RawBody,
    Now(now): Now,
    log: Log,
    partners: Table,
    secret: Secret<HappyCatBoxWebhookSecret>,
) -> Result<NoContent, Failure<Refused>> {
    // Which of the checks it was helps nobody but a forger.
    let message =
        verify(&secret.read().await?, Headers::of(&body), &body.bytes, now).map_err(|_| Refused::SignatureInvalid)?;
    let id = ImportId::from_digest(&Digest::of(["webhook", SOURCE, message]));
    if partners.get::<Import>(&import_key(id)).await?.is_some() {
        return Ok(NoContent);
    }
    let Some(clients) = clients_of(&body.bytes).map_err(Error::broken)? else {
        return Ok(NoContent);
    };
    if clients.len() > MAX_ROWS {
        return Err(Refused::TooMany { most: MAX_ROWS }.into());
    }
    let rows = row::read(&clients, now);
    if rows.refused > 0 {
        log.warn("a webhook brings clients that cannot be read", json!({ "import": id, "refused": rows.refused }));
    }
    let request = Digest::of([&body.bytes]).short(16);
    // Another body under the same id is the same message, changed by whoever sends it: the first one counts.
    put_aside(&partners, id, Origin::Webhook, &request, rows, now).await?;
    Ok(NoContent)
}
