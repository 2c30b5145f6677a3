//! Mistakes of the half that sells services: in matching, in the ledger, in payouts.

use super::Plant;
use super::requests::Seam;
use super::twins::with;
use contracts::services::RequestCancelled;
use futures_util::future::{BoxFuture, FutureExt};
use local::mutants::{unconditional, writes};
use local::outside::{Answer, NoAnswer, Outside, OutsideCall, Service};
use matching::moving::move_request;
use matching::request::Request;
use matching::town::Towns;
use platform::{Context, Error, Now, On, Setting, Table, events};
use serde_json::json;
use std::sync::Arc;

/// Forgets the conditions of what a transaction puts under this sort key.
fn forget(call: &mut OutsideCall, sk: &str) {
    writes(call, |kind, action| {
        if kind == "TransactPut" && action["Item"]["sk"]["S"] == sk {
            unconditional(action);
        }
    });
}

/// Whether the payout provider is asked for a transfer.
fn is_transfer(call: &OutsideCall) -> bool {
    call.service == Service::Partner && call.operation == "POST" && call.target.starts_with("golden-hat/")
}

/// A slot is taken whoever took it meanwhile.
pub const SLOT_UNASKED: Seam = Seam::of_requests(|call, _| forget(call, "worker"));
/// A fact is entered whether it was or not.
pub const FACT_UNASKED: Seam = Seam::of_requests(|call, _| forget(call, "txn"));
/// The payout provider cannot tell a repetition.
pub const NEW_KEY_FOR_TRANSFER: Seam = Seam::of_requests(|call, number| {
    if is_transfer(call) {
        call.headers.insert("idempotency-key".to_owned(), format!("another-key-{number}"));
    }
});

/// What the payout provider never answered counts as refused.
pub fn silence_refuses() -> Plant {
    Arc::new(|inner| Arc::new(SilenceRefuses { inner }))
}

struct SilenceRefuses {
    inner: Arc<dyn Outside>,
}

impl Outside for SilenceRefuses {
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        let is_transfer = is_transfer(&call);
        let answered = self.inner.call(call);
        async move {
            let timed_out = || Answer::new(422, json!({ "error": { "code": "timed_out" } }).to_string());
            match answered.await {
                Err(NoAnswer) if is_transfer => Ok(timed_out()),
                answer => answer,
            }
        }
        .boxed()
    }
}

/// A cancellation that finds a worker changes nothing.
pub fn late_cancellations_ignored() -> Vec<Context> {
    with(|function| function.name == "cancel-match", |_| events::on(cancel_match).handler)
}

async fn cancel_match(
    cancelled: On<RequestCancelled>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<(), Error> {
    let cancel = |request: &Request| Ok(request.open().and_then(|_| request.cancel()));
    if move_request(&matching, &towns, cancelled.request, now, cancel).await?.is_some() {
        return Ok(());
    }
    let closed = Request::cancelled_first(cancelled.request, cancelled.client, now);
    matching.create(&closed, Vec::new()).await.map(drop)
}
