//! Golden Hat says what became of a transfer.
//!
//! Called by Golden Hat, which signs what it sends as the Standard Webhooks have it; anything else is refused. Webhooks
//! come more than once, in any order, and even before the answer to the request that they are about: each says how a
//! transfer stands, and is stored before it is acknowledged. What is about no payout of ours, or says something else
//! than was heard before, is logged for people. Followed by `billing.payout-paid.v1` or `billing.payout-failed.v1`.

use crate::calendar::Calendar;
use crate::carry_out::{Heard, hear};
use crate::golden_hat::{GoldenHatWebhookSecret, read_webhook};
use derive::Refusal;
use platform::http::{self, Anyone, NoContent, RawBody};
use platform::standard_webhooks::{Headers, verify};
use platform::{Error, Failure, Function, Log, Now, Secret, Setting, Table};
use serde_json::json;

/// Why a webhook is not listened to.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The webhook is not signed as it must be.
    #[problem(400, "signature-invalid", "Send it as Golden Hat signed it, at most five minutes ago.")]
    SignatureInvalid,
}

/// `POST /v1/webhooks/golden-hat`
pub fn function() -> Function {
    http::post("/v1/webhooks/golden-hat", golden_hat_webhook)
}

/// Checks the signature, and stores what the webhook changes.
pub async fn golden_hat_webhook(
    _: Anyone,
    body: RawBody,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    log: Log,
    billing: Table,
    secret: Secret<GoldenHatWebhookSecret>,
) -> Result<NoContent, Failure<Refused>> {
    // Which of the checks it was helps nobody but a forger.
    verify(&secret.read().await?, Headers::of(&body), &body.bytes, now).map_err(|_| Refused::SignatureInvalid)?;
    let Some(transfer) = read_webhook(&body.bytes).map_err(Error::from)? else {
        return Ok(NoContent);
    };
    let facts = json!({ "payout": transfer.payout, "attempt": transfer.attempt });
    match hear(&billing, &transfer, (now, calendar.period_of(now))).await? {
        Heard::Stored | Heard::Known => {}
        Heard::Orphan => log.error("a webhook is about a payout that is not here", facts),
        Heard::Contradiction => log.error("the provider contradicts what it said of a payout", facts),
    }
    Ok(NoContent)
}
