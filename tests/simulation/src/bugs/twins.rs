//! Twins of functions, each with a mistake: in its shell, or in the use case itself.

use contracts::orders::OrderReserved;
use contracts::payments::PaymentSucceeded;
use orders::order::{OrderEvent, State};
use orders::store;
use platform::function::{Handler, Trigger};
use platform::{Context, Error, Function, Invocation, Now, On, Table, events};
use serde_json::Value;
use std::sync::Arc;

/// What a function answers to its trigger.
type Answered = Result<Vec<u8>, Error>;

/// The contexts with twins of these functions.
pub(super) fn with(which: impl Fn(&Function) -> bool, twin: impl Fn(Handler) -> Handler) -> Vec<Context> {
    let mut contexts = crate::contexts();
    for function in contexts.iter_mut().flat_map(|context| &mut context.functions).filter(|function| which(function)) {
        function.handler = twin(function.handler.clone());
    }
    contexts
}

/// A twin that is handed a part of what came, and whose answer is this.
fn shell(honest: Handler, hand: fn(&mut Value), answer: fn(Answered) -> Answered) -> Handler {
    Arc::new(move |world, Invocation { request, payload }| {
        let honest = honest.clone();
        Box::pin(async move {
            let payload = match serde_json::from_slice::<Value>(&payload) {
                Ok(mut event) => {
                    hand(&mut event);
                    event.to_string().into_bytes()
                }
                Err(_) => payload,
            };
            answer(honest(world, Invocation { request, payload }).await)
        })
    })
}

fn whole(_: &mut Value) {}

/// Hands over only so many records.
fn first(event: &mut Value, count: usize) {
    if let Some(records) = event["Records"].as_array_mut() {
        records.truncate(count);
    }
}

fn all_done(_: Answered) -> Answered {
    Ok(br#"{"batchItemFailures":[]}"#.to_vec())
}

fn one_failed(answer: Answered) -> Answered {
    let mut answer: Value = serde_json::from_slice(&answer?).map_err(Error::broken)?;
    if let Some(failures) = answer["batchItemFailures"].as_array_mut() {
        failures.truncate(1);
    }
    Ok(answer.to_string().into_bytes())
}

fn relays(function: &Function) -> bool {
    function.trigger == Trigger::Stream
}

fn consumers(function: &Function) -> bool {
    function.trigger == Trigger::Events
}

/// Relays whose shell reports nothing as failed.
pub fn relays_that_acknowledge() -> Vec<Context> {
    with(relays, |honest| shell(honest, whole, all_done))
}

/// Relays that do not see the end of a batch.
pub fn relays_of_three() -> Vec<Context> {
    with(relays, |honest| shell(honest, |event| first(event, 3), |answer| answer))
}

/// Consumers whose shell reports nothing as failed.
pub fn consumers_that_acknowledge() -> Vec<Context> {
    with(consumers, |honest| shell(honest, whole, all_done))
}

/// Consumers that do not see the end of a batch.
pub fn consumers_of_one() -> Vec<Context> {
    with(consumers, |honest| shell(honest, |event| first(event, 1), |answer| answer))
}

/// Consumers whose shell stops at the first failure.
pub fn consumers_that_report_one() -> Vec<Context> {
    with(consumers, |honest| shell(honest, whole, one_failed))
}

/// Stock that nobody gives back when an order expires.
pub fn expiry_unheard() -> Vec<Context> {
    let without_expiry = |event: &mut Value| {
        if let Some(records) = event["Records"].as_array_mut() {
            records.retain(|record| !record.to_string().contains("orders.order-expired"));
        }
    };
    with(|function| function.name == "release-stock", |honest| shell(honest, without_expiry, |answer| answer))
}

/// A time-out that does not look at the order.
pub fn expiring_regardless() -> Vec<Context> {
    with(|function| function.name == "expire-order", |_| events::on(expire_order).handler)
}

async fn expire_order(reserved: On<OrderReserved>, Now(now): Now, orders: Table) -> Result<(), Error> {
    if now < reserved.pay_until {
        return Err(Error::unavailable("it is not time yet"));
    }
    let step = |order: &orders::order::Order| {
        let mut next = order.clone();
        next.state = State::Expiring;
        Ok((order.state != State::Expiring).then(|| (next, vec![OrderEvent::Expiring])))
    };
    store::advance(&orders, reserved.order, step).await
}

/// A payment that does not look at the order.
pub fn paid_regardless() -> Vec<Context> {
    with(|function| function.name == "mark-paid", |_| events::on(mark_paid).handler)
}

async fn mark_paid(paid: On<PaymentSucceeded>, orders: Table) -> Result<(), Error> {
    let step = |order: &orders::order::Order| {
        let mut next = order.clone();
        next.state = State::Paid;
        Ok((order.state != State::Paid).then(|| (next, vec![OrderEvent::Paid])))
    };
    store::advance(&orders, paid.order, step).await
}
