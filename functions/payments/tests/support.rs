//! What the tests of payments share: orders that may be paid, customers with cards, Stripe's webhooks, and a look at
//! what is stored, announced and captured.

use contracts::orders::{
    Offer, OrderCancelled, OrderExpiring, OrderReserved, OrderReturned, PayableOrder, ReadPayable,
};
use kernel::{AccountId, Currency, Money, OrderId, PaymentId, Principal, ReturnId, Role, Timestamp};
use local::faults::Fate;
use local::outside::{Answer, OutsideCall, Service};
use local::sandbox::stripe::{PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET, events::signature};
use local::sandbox::{Request, Webhook};
use local::stage::Stage;
use local::testing::{caller, event, item};
use local::trigger::{HttpRequest, HttpResponse};
use payments::payment::Payment;
use payments::store::{WebhookEvent, payment_key, webhook_key};
use platform::{Asked, Context, Error, Figure, Function, Setting, direct};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

pub use local::testing::{interfere, kinds as announced_types, told as announced, writes};

/// What an order costs, in pence.
pub const PRICE: i64 = 1530;
/// The time a customer has to pay.
pub const TIME_TO_PAY: Duration = Duration::from_secs(900);
/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";

pub const SUCCEEDED: &str = "payments.payment-succeeded.v1";
pub const FAILED: &str = "payments.payment-failed.v1";
pub const CLOSED: &str = "payments.payment-closed.v1";
pub const REFUNDED: &str = "payments.refund-succeeded.v1";
pub const REFUND_FAILED: &str = "payments.refund-failed.v1";
pub const SAVED: &str = "payments.payment-method-saved.v1";
pub const REMOVED: &str = "payments.payment-method-removed.v1";
pub const DISPUTED: &str = "payments.dispute-opened.v1";

/// The customer who pays.
pub fn customer() -> Principal {
    caller(1, Role::Customer)
}

/// Another one.
pub fn stranger() -> Principal {
    caller(2, Role::Customer)
}

/// An order's id.
pub fn order(n: u128) -> OrderId {
    OrderId::from_bits(n)
}

/// So many pounds and pence.
pub fn pence(amount: i64) -> Money {
    Money::new(amount, Currency::GBP)
}

/// What the orders context answers: by order.
struct Offers;

impl Figure for Offers {
    type Value = BTreeMap<String, PayableOrder>;
    const NAME: &'static str = "OFFERS";
    const DEFAULT: &'static str = "{}";

    fn read(text: &str) -> Result<Self::Value, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

/// Orders, as far as they are asked here.
async fn read_payable(
    Asked(question): Asked<ReadPayable>,
    Setting(mut offers): Setting<Offers>,
) -> Result<Option<PayableOrder>, Error> {
    Ok(offers.remove(&question.order.to_string()))
}

/// From now on the orders context answers this for order number `n`.
pub fn offer(stage: &Stage, n: u128, offer: Offer) {
    let offer = PayableOrder { customer: customer().account, offer };
    stage.set(Offers::NAME, &json!({ order(n).to_string(): offer }).to_string());
}

/// A stage without any order: payments, and somebody who answers for orders.
pub fn shop() -> Stage {
    let answers = Function { context: "orders", ..direct::answer(read_payable) };
    let orders = Context {
        name: "orders",
        indexes: Vec::new(),
        functions: vec![answers],
    };
    Stage::new(vec![payments::context(), orders]).unwrap()
}

/// Order `n` may be paid from now on.
pub fn reserve(stage: &Stage, n: u128) {
    let reserved = OrderReserved {
        order: order(n),
        customer: customer().account,
        total: pence(PRICE),
        pay_until: stage.now().after(TIME_TO_PAY),
    };
    assert!(stage.deliver("keep-payable", &event(stage, &reserved, 1, 1)));
}

/// A stage with one order that may be paid: number 1.
pub fn shop_with_order() -> Stage {
    let stage = shop();
    reserve(&stage, 1);
    stage.calls();
    stage
}

/// The customer starts to pay order 1.
pub fn start(stage: &Stage, key: &str, body: &Value) -> HttpResponse {
    stage.ask("start-payment").by(&customer()).at(order(1)).key(key).send(body)
}

/// The same, which succeeds; the reply.
pub fn started(stage: &Stage, key: &str, body: &Value) -> Value {
    let answer = start(stage, key, body);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()
}

/// The payment that a reply is about.
pub fn payment_id(reply: &Value) -> PaymentId {
    reply["id"].as_str().unwrap().parse().unwrap()
}

/// Order 1 is expiring; whether that was dealt with.
pub fn expire(stage: &Stage) -> bool {
    let expiring = OrderExpiring { order: order(1), customer: customer().account };
    stage.deliver("close-payment", &event(stage, &expiring, 1, 7))
}

/// Order 1 is cancelled; whether that was dealt with.
pub fn cancel(stage: &Stage) -> bool {
    let cancelled = OrderCancelled { order: order(1), customer: customer().account };
    stage.deliver("close-payment", &event(stage, &cancelled, 1, 8))
}

/// Return `n` of goods of order 1 for so many pence.
pub fn returned(stage: &Stage, n: u128, amount: i64) -> Value {
    let returned = OrderReturned {
        return_id: ReturnId::from_bits(n),
        order: order(1),
        customer: customer().account,
        lines: Vec::new(),
        refund: pence(amount),
    };
    event(stage, &returned, 1, 20 + u64::try_from(n).unwrap())
}

/// Asks Stripe's sandbox with this key.
fn stripe(stage: &Stage, key: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: BTreeMap::from([("authorization".to_owned(), format!("Bearer {key}"))]),
        body: body.as_bytes().to_vec(),
    };
    let answer = stage.cloud.sandboxes().ask("stripe", &request, stage.now());
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

/// What staff see at Stripe.
pub fn at_stripe(stage: &Stage, path: &str) -> Value {
    let (status, value) = stripe(stage, SECRET_KEY, "GET", path, "");
    assert_eq!(status, 200, "{value}");
    value
}

/// Staff do something at Stripe.
pub fn do_at_stripe(stage: &Stage, path: &str, body: &str) -> Value {
    let (status, value) = stripe(stage, SECRET_KEY, "POST", path, body);
    assert_eq!(status, 200, "{value}");
    value
}

/// The intent that a client secret belongs to.
pub fn intent_of(secret: &str) -> &str {
    secret.split_once("_secret_").unwrap().0
}

/// The customer's app pays with a test card; the status of the answer and the intent.
pub fn pay(stage: &Stage, reply: &Value, card: &str) -> (u16, Value) {
    let secret = reply["client_secret"].as_str().unwrap();
    let path = format!("/v1/payment_intents/{}/confirm", intent_of(secret));
    let body = format!("client_secret={secret}&payment_method={card}");
    stripe(stage, PUBLISHABLE_KEY, "POST", &path, &body)
}

/// The intents that Stripe has, with a minute gone by (its search lags behind): metadata, status and what came.
pub fn intents(stage: &Stage) -> Vec<Value> {
    let query = format!("/v1/payment_intents/search?query=metadata%5B%27order%27%5D:%27{}%27", order(1));
    stage.pass(Duration::from_secs(60));
    at_stripe(stage, &query)["data"].as_array().unwrap().clone()
}

/// The refunds that Stripe has: amount and status, oldest first.
pub fn refunds(stage: &Stage) -> Vec<(i64, String)> {
    let mut refunds = at_stripe(stage, "/v1/refunds?limit=100")["data"].as_array().unwrap().clone();
    refunds.reverse();
    let status = |refund: &Value| refund["status"].as_str().unwrap().to_owned();
    refunds.iter().map(|refund| (refund["amount"].as_i64().unwrap(), status(refund))).collect()
}

/// Hands a webhook to its function; the answer.
pub fn hand_over(stage: &Stage, headers: &BTreeMap<String, String>, body: &str) -> HttpResponse {
    let request = HttpRequest {
        route: "POST /v1/webhooks/stripe".to_owned(),
        headers: headers.clone(),
        body: Some(body.to_owned()),
        ..HttpRequest::default()
    };
    let answer = stage.invoke("stripe-webhook", request.event("webhook"));
    answer.map_or_else(|_| HttpResponse::internal(), |answer| HttpResponse::of(&answer))
}

/// Sends an event that is signed as Stripe signs.
pub fn send_event(stage: &Stage, event: &Value) -> HttpResponse {
    let body = event.to_string();
    let signed = signature(WEBHOOK_SECRET, body.as_bytes(), stage.now());
    hand_over(stage, &BTreeMap::from([("stripe-signature".to_owned(), signed)]), &body)
}

/// An event about an object.
pub fn stripe_event(n: u32, kind: &str, object: &Value) -> Value {
    json!({
        "id": format!("evt_{n}"), "object": "event", "type": kind, "created": 1, "livemode": false,
        "data": { "object": object },
    })
}

/// All webhooks that are due within ten seconds, taken from Stripe but not delivered.
pub fn webhooks_waiting(stage: &Stage) -> Vec<Webhook> {
    stage.pass(Duration::from_secs(10));
    let mut waiting = Vec::new();
    loop {
        let mut sandboxes = stage.cloud.sandboxes();
        let Some((_, webhook)) = sandboxes.due(stage.now()).pop() else {
            return waiting;
        };
        sandboxes.delivered("stripe", webhook.delivery, Some(204), stage.now()).unwrap();
        waiting.push(webhook);
    }
}

/// Delivers every webhook that is due within ten seconds; their number.
pub fn webhooks(stage: &Stage) -> usize {
    let waiting = webhooks_waiting(stage);
    for webhook in &waiting {
        let answer = hand_over(stage, &webhook.headers, &webhook.body);
        assert_eq!(answer.status_code, 204, "{}: {}", webhook.body, answer.body);
    }
    waiting.len()
}

/// The payment of order 1 as it stands in the table.
pub fn payment(stage: &Stage) -> Payment {
    item(stage, "payments", &payment_key(order(1))).expect("the payment is stored")
}

/// How the payment of order 1 looks to its customer.
pub fn view(stage: &Stage) -> Value {
    let answer = stage.ask("get-payment").by(&customer()).at(order(1)).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

/// A webhook as it was remembered.
pub fn remembered(stage: &Stage, id: &str) -> Option<WebhookEvent> {
    item(stage, "payments", &webhook_key(id))
}

/// Whether a call asks Stripe to do this: a method and how the path ends, its query left out.
pub fn asks(call: &OutsideCall, method: &str, end: &str) -> bool {
    let path = call.target.split('?').next().unwrap_or_default();
    call.service == Service::Partner && call.operation == method && path.ends_with(end)
}

/// Stripe has a problem of its own.
pub fn server_error() -> Fate {
    Fate::Instead(Answer::new(500, r#"{"error":{"type":"api_error","message":"Something went wrong."}}"#))
}

/// Stripe is asked too often.
pub fn too_many() -> Fate {
    Fate::Instead(Answer::new(429, r#"{"error":{"type":"invalid_request_error","code":"rate_limit","message":"!"}}"#))
}

/// From now on Stripe takes every refund it is asked for, also of what its sandbox never captured.
pub fn take_every_refund(stage: &Stage) {
    stage.interfere(|call| {
        if !asks(call, "POST", "/refunds") {
            return Fate::Answered;
        }
        let body = String::from_utf8(call.body.clone()).unwrap();
        let find = |name: &str| {
            let pair = body.split('&').filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name);
            pair.map(|(_, value)| value.to_owned())
        };
        let field = |name: &str| find(name).unwrap();
        let purpose = ["order", "invoice", "top_up"];
        let paid = purpose.iter().find_map(|kind| Some((*kind, find(&format!("metadata%5B{kind}%5D"))?))).unwrap();
        let refund = json!({
            "id": format!("re_{}", field("metadata%5Brefund%5D")), "object": "refund", "status": "succeeded",
            "amount": field("amount").parse::<i64>().unwrap(), "currency": "gbp",
            "payment_intent": field("payment_intent"),
            "metadata": { "refund": field("metadata%5Brefund%5D"), paid.0: paid.1 },
        });
        Fate::Instead(Answer::json(&refund))
    });
}

/// How many calls among these ask Stripe to do this.
pub fn count(calls: &[OutsideCall], method: &str, end: &str) -> usize {
    calls.iter().filter(|call| asks(call, method, end)).count()
}

/// The account of the customer.
pub fn account() -> AccountId {
    customer().account
}

/// Later than everything that the sweeper waits for.
pub fn much_later(stage: &Stage) -> Timestamp {
    stage.pass(Duration::from_secs(3600));
    stage.now()
}
