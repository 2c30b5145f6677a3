//! Stripe says what came of a payment, a refund, a dispute, a saved method.
//!
//! Called by Stripe, which signs what it sends; anything else is refused. Events come more than once and in any order:
//! each is dealt with once, and says how something stands, not what to do. What an event changes is stored before it
//! is acknowledged; then the provider is asked for what follows from it, which may fail, since the sweeper goes on
//! from there. Events of other types are acknowledged; those about what nobody here knows are kept and logged.
//! Followed by whatever the payment announces, first of all `payments.payment-succeeded.v1`.

use crate::carry_out::carry_out;
use crate::hear::{Heard, hear};
use crate::store::{WebhookEvent, webhook_key};
use crate::stripe::signature::{Forged, check};
use crate::stripe::{Stripe, StripeApi, StripeKey, StripeWebhookSecret, event};
use derive::Refusal;
use platform::http::{self, Anyone, NoContent, RawBody};
use platform::{Error, Failure, Function, Log, Now, Partner, Secret, Table};
use serde_json::json;

/// Why a webhook is not listened to.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The webhook is not signed as it must be.
    #[problem(400, "signature-invalid", "Send it as Stripe signed it, at most five minutes ago.")]
    SignatureInvalid,
}

/// `POST /v1/webhooks/stripe`
pub fn function() -> Function {
    http::post("/v1/webhooks/stripe", stripe_webhook)
}

/// Checks the signature, stores what the event changes, remembers the event, and does what follows from it.
#[allow(clippy::too_many_arguments, reason = "each one declares what the function may touch")]
pub async fn stripe_webhook(
    _: Anyone,
    body: RawBody,
    Now(now): Now,
    log: Log,
    payments: Table,
    api: Partner<StripeApi>,
    api_key: Secret<StripeKey>,
    secret: Secret<StripeWebhookSecret>,
) -> Result<NoContent, Failure<Refused>> {
    let secrets = secret.read().await?;
    check(body.header("stripe-signature").unwrap_or_default(), &body.bytes, secrets.accepted(), now)?;
    let event = event::read(&body.bytes).map_err(Error::from)?;
    if payments.get::<WebhookEvent>(&webhook_key(&event.id)).await?.is_some() {
        return Ok(NoContent);
    }
    let stripe = Stripe::new(api, api_key);
    let heard = hear(&payments, &stripe, event.news, now).await?;
    let orphan = match &heard {
        Heard::Orphan { about } => Some(about.clone()),
        Heard::Payment(_) | Heard::Nothing => None,
    };
    if let Some(about) = &orphan {
        let facts = json!({ "event": event.id, "type": event.kind, "about": about });
        log.error("a webhook is about what nobody here knows", facts);
    }
    payments.create(&WebhookEvent::new(event.id, event.kind, orphan, now), Vec::new()).await?;
    if let Heard::Payment(payment) = heard {
        match carry_out(&payments, &stripe, *payment, now).await {
            Ok(carried) => carried.report(&log),
            Err(error) => log.warn("what follows from a webhook waits", json!({ "cause": error.to_string() })),
        }
    }
    Ok(NoContent)
}

impl From<Forged> for Failure<Refused> {
    fn from(_: Forged) -> Self {
        // Which of the checks it was helps nobody but a forger.
        Failure::Refused(Refused::SignatureInvalid)
    }
}
