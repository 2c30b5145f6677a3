//! Mistakes in what functions ask the outside for, and in what they make of its answers.

use super::Plant;
use futures_util::future::{BoxFuture, FutureExt};
use local::mutants::{unconditional, writes};
use local::outside::{Answer, NoAnswer, Outside, OutsideCall, Service};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Changes calls on their way out, and answers on their way back. The number counts calls.
#[derive(Clone, Copy)]
pub struct Seam {
    request: fn(&mut OutsideCall, u64),
    answer: fn(&OutsideCall, &mut Answer),
}

/// Puts a seam's mistake between the functions and whatever answers them.
pub fn tampering(seam: Seam) -> Plant {
    Arc::new(move |inner| Arc::new(Tampering { inner, seam, calls: AtomicU64::new(0) }))
}

struct Tampering {
    inner: Arc<dyn Outside>,
    seam: Seam,
    calls: AtomicU64,
}

impl Outside for Tampering {
    fn call(&self, mut call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        (self.seam.request)(&mut call, self.calls.fetch_add(1, Ordering::Relaxed));
        let answer = self.seam.answer;
        let asked = call.clone();
        let answered = self.inner.call(call);
        async move {
            let mut given = answered.await?;
            answer(&asked, &mut given);
            Ok(given)
        }
        .boxed()
    }
}

impl Seam {
    pub(super) const fn of_requests(request: fn(&mut OutsideCall, u64)) -> Self {
        Self { request, answer: |_, _| {} }
    }
}

/// Drops the conditions of actions of this kind whose text begins so.
fn forget(call: &mut OutsideCall, kind: &str, condition: &str) {
    writes(call, |this, action| {
        if this == kind && action["ConditionExpression"].as_str().is_some_and(|text| text.starts_with(condition)) {
            unconditional(action);
        }
    });
}

/// The counters of stock move whatever they are.
pub const STOCK_UNASKED: Seam = Seam::of_requests(|call, _| forget(call, "Update", ""));
/// Creates replace what is there.
pub const ABSENCE_UNASKED: Seam = Seam::of_requests(|call, _| {
    writes(call, |kind, action| {
        if kind == "Put" && action["ConditionExpression"] == "attribute_not_exists(#pk)" {
            unconditional(action);
        }
    });
});
/// Changes replace what others wrote.
pub const VERSION_UNASKED: Seam = Seam::of_requests(|call, _| forget(call, "Put", "#v = :v"));
/// Transactions replace what others wrote.
pub const STEP_UNASKED: Seam = Seam::of_requests(|call, _| forget(call, "TransactPut", "#c = :c"));
/// Replicas keep what is older.
pub const STAMP_UNASKED: Seam = Seam::of_requests(|call, _| forget(call, "Put", "attribute_not_exists(#pk) OR"));

/// Changes are not announced.
pub const NO_OUTBOX: Seam = Seam::of_requests(|call, _| {
    writes(call, |kind, action| {
        let changes = action["ConditionExpression"].as_str().is_some_and(|condition| condition.contains(":v"));
        if kind == "Put" && changes {
            action["Item"].as_object_mut().map(|item| item.remove("outbox"));
        }
    });
});
/// Relays take what changed for what was announced before.
pub const OUTBOX_OF_BEFORE: Seam = Seam::of_requests(|call, _| {
    writes(call, |kind, action| {
        let version = &mut action["Item"]["outbox"]["M"]["v"]["N"];
        let number: Option<u64> = version.as_str().and_then(|version| version.parse().ok());
        match number {
            Some(number @ 2..) if kind == "Put" => *version = json!((number - 1).to_string()),
            _ => {}
        }
    });
});
/// What a stream lost cannot be announced again.
pub const NO_PAST: Seam = Seam::of_requests(|call, _| {
    writes(call, |_, action| {
        action["Item"].as_object_mut().map(|item| item.remove("log"));
    });
});

/// Changes the events that a call publishes.
fn events(call: &mut OutsideCall, change: impl Fn(usize, &mut Value)) {
    if call.service != Service::Sns || call.operation != "PublishBatch" {
        return;
    }
    let mut entries = 0;
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(&call.body) {
        let event = serde_json::from_str::<Value>(&value).ok().filter(|_| name.ends_with(".Message"));
        match event {
            Some(mut event) => {
                change(entries, &mut event);
                entries += 1;
                form.append_pair(&name, &event.to_string());
            }
            None => drop(form.append_pair(&name, &value)),
        }
    }
    call.body = form.finish().into_bytes();
}

/// Consumers cannot tell which snapshot is newer.
pub const NO_EVENT_VERSION: Seam =
    Seam::of_requests(|call, _| events(call, |_, event| event["stateversion"] = json!(1)));
/// One id, two contents.
pub const TWO_EVENTS_OF_ONE_ID: Seam = Seam::of_requests(|call, number| {
    events(call, |entry, event| {
        if entry > 0 {
            event["traceparent"] = json!(format!("00-{number:032x}-{number:016x}-01"));
        }
    });
});

/// The provider cannot tell a repetition.
pub const NEW_KEY_FOR_REFUND: Seam = Seam::of_requests(|call, number| {
    if call.service == Service::Partner && call.target.contains("refunds") && call.operation == "POST" {
        call.headers.insert("idempotency-key".to_owned(), format!("another-key-{number}"));
    }
});

/// What another wrote is found, and taken for one's own.
pub const OTHERS_WORK_IS_MINE: Seam = Seam {
    request: |_, _| {},
    answer: |call, answer| {
        let (Ok(request), Ok(mut refusal)) =
            (serde_json::from_slice::<Value>(&call.body), serde_json::from_slice::<Value>(&answer.body))
        else {
            return;
        };
        if call.operation == "PutItem" && refusal["Item"].is_object() {
            for mark in ["by", "v"] {
                refusal["Item"][mark] = request["Item"][mark].clone();
            }
            answer.body = refusal.to_string().into_bytes();
        }
    },
};
