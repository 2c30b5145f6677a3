//! What the tests of notifications share: people and how they are reached, events as they arrive, and a look at what
//! was sent.

use contracts::Event;
use contracts::identity::{CodeIssued, CodePurpose, ContactKind, Contacts, ReadContacts};
use contracts::orders::OrderReserved;
use kernel::{AccountId, Currency, MessageId, Money, OrderId, Principal, Role, Timestamp};
use local::faults::Fate;
use local::outside::{OutsideCall, Service};
use local::sent::SentMessage;
use local::stage::Stage;
use local::testing::{caller, event, item};
use notifications::channel::Channel;
use notifications::message::{Message, State, id_of};
use notifications::store::message_key;
use platform::seal::seal;
use platform::{Asked, Context, Error, Figure, Function, Setting, direct};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use local::testing::{puts as writes, told as announced};

/// The person that tests are about: Russian, in Moscow, reached both ways.
pub const MARIA: AccountId = AccountId::from_bits(1);
/// English, in London, with an e-mail address only.
pub const JOHN: AccountId = AccountId::from_bits(2);
/// Reached by phone only.
pub const OLGA: AccountId = AccountId::from_bits(3);
/// Registered a moment ago: nothing is verified.
pub const NEWCOMER: AccountId = AccountId::from_bits(4);
/// Writes German, in a zone that nobody knows.
pub const HANS: AccountId = AccountId::from_bits(5);

/// How people are reached, as identity would tell it. A stage may say otherwise.
struct People;

impl Figure for People {
    type Value = BTreeMap<String, Contacts>;
    const NAME: &'static str = "PEOPLE";
    const DEFAULT: &'static str = r#"{
        "acc_00000000000000000000000001": {
            "email": { "value": "maria@example.com", "verified": true },
            "phone": { "value": "+79991234567", "verified": true },
            "locale": "ru", "time_zone": "Europe/Moscow"
        },
        "acc_00000000000000000000000002": {
            "email": { "value": "john@example.com", "verified": true },
            "locale": "en", "time_zone": "Europe/London"
        },
        "acc_00000000000000000000000003": {
            "phone": { "value": "+79997654321", "verified": true },
            "locale": "ru", "time_zone": "Asia/Vladivostok"
        },
        "acc_00000000000000000000000004": {
            "email": { "value": "new@example.com", "verified": false },
            "phone": { "value": "+79990000000", "verified": false },
            "locale": "ru", "time_zone": "Europe/Moscow"
        },
        "acc_00000000000000000000000005": {
            "email": { "value": "hans@example.com", "verified": true },
            "locale": "de-CH", "time_zone": "Europe/Atlantis"
        }
    }"#;

    fn read(text: &str) -> Result<Self::Value, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

/// Identity, as far as it is asked here.
async fn read_contacts(
    Asked(question): Asked<ReadContacts>,
    Setting(mut people): Setting<People>,
) -> Result<Option<Contacts>, Error> {
    Ok(people.remove(&question.account.to_string()))
}

/// Notifications, and somebody who answers for identity.
pub fn contexts() -> Vec<Context> {
    let answers = Function { context: "identity", ..direct::answer(read_contacts) };
    let identity = Context {
        name: "identity",
        indexes: Vec::new(),
        functions: vec![answers],
    };
    vec![notifications::context(), identity]
}

/// A stage on Monday, 5 January 2026, 08:00 UTC.
pub fn stage() -> Stage {
    Stage::new(contexts()).unwrap()
}

/// From now on this is how people are reached.
pub fn people(stage: &Stage, people: &Value) {
    stage.set(People::NAME, &people.to_string());
}

/// Lets time pass until then.
pub fn until(stage: &Stage, time: &str) {
    let wait = crate::samples::time(time).as_millis() - stage.now().as_millis();
    stage.pass(std::time::Duration::from_millis(u64::try_from(wait).expect("time goes forward")));
}

/// Somebody who is signed in.
pub fn signed_in(account: AccountId) -> Principal {
    Principal { account, ..caller(1, Role::Customer) }
}

/// Order number `n`.
pub fn order(n: u128) -> OrderId {
    OrderId::from_bits(n)
}

/// £12.99, or as many pence.
pub fn pounds(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

/// An event of order `n`: its `step`th.
pub fn step<E: Event>(stage: &Stage, data: &E, step: u64) -> Value {
    event(stage, data, 1, step)
}

/// Order `n` waits for its payment, until 15 minutes from now.
pub fn reserved(stage: &Stage, customer: AccountId, n: u128) -> Value {
    let pay_until = stage.now().after(std::time::Duration::from_secs(900));
    step(stage, &OrderReserved { order: order(n), customer, total: pounds(1299), pay_until }, 2)
}

/// A code was issued, sealed as identity does it.
pub fn code(stage: &Stage, account: AccountId, kind: ContactKind, digits: &str) -> Value {
    let expires_at = stage.now().after(std::time::Duration::from_secs(600));
    let key = stage.cloud.secrets().get("code-seal").current;
    let purpose = CodeIssued::sealed_for(account, kind, expires_at);
    let sealed = seal(&key, &purpose, digits.as_bytes()).unwrap();
    let issued = CodeIssued {
        account,
        kind,
        purpose: CodePurpose::VerifyContact,
        sealed,
        expires_at,
    };
    event(stage, &issued, 1, 1)
}

/// Tells `notify` of it, and lets everything that follows happen.
pub fn tell(stage: &Stage, event: &Value) {
    assert!(stage.deliver("notify", event), "{:?}", stage.log().last());
    stage.settle().unwrap();
}

/// What was sent so far, oldest first.
pub fn sent(stage: &Stage) -> Vec<SentMessage> {
    stage.cloud.sent().messages().to_vec()
}

/// Channel and recipient of what was sent so far.
pub fn recipients(stage: &Stage) -> Vec<(String, String)> {
    sent(stage).into_iter().map(|message| (message.channel, message.to)).collect()
}

/// `recipients` as they are usually expected.
pub fn to(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(channel, to)| ((*channel).to_owned(), (*to).to_owned())).collect()
}

/// The id of the message that `event` causes for a channel.
pub fn message_of(event: &Value, channel: Channel) -> MessageId {
    let at: Timestamp = event["time"].as_str().unwrap().parse().unwrap();
    id_of(event["id"].as_str().unwrap(), at, channel.name())
}

/// The message that `event` caused for a channel.
pub fn message(stage: &Stage, event: &Value, channel: Channel) -> Option<Message> {
    item(stage, "notifications", &message_key(message_of(event, channel)))
}

/// The state of the message that `event` caused for a channel.
pub fn state(stage: &Stage, event: &Value, channel: Channel) -> Option<State> {
    message(stage, event, channel).map(|message| message.state)
}

/// `notifications.message-queued.v1` of a message, as its channel's function gets it.
pub fn queued(stage: &Stage, of: &Value, channel: Channel) -> Value {
    let message = message(stage, of, channel).expect("the message is there");
    let way = match channel {
        Channel::Email => contracts::notifications::Channel::Email,
        Channel::Sms => contracts::notifications::Channel::Sms,
    };
    let queued =
        contracts::notifications::MessageQueued { message: message.id, account: message.account, channel: way };
    event(stage, &queued, 1, 1)
}

/// The feed as its owner sees it.
pub fn feed(stage: &Stage, account: AccountId) -> Value {
    let answer = stage.ask("list-notifications").by(&signed_in(account)).query("limit=100").get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

/// The kinds in somebody's feed, newest first.
pub fn kinds(stage: &Stage, account: AccountId) -> Vec<String> {
    let feed = feed(stage, account);
    let items = feed["items"].as_array().unwrap().iter();
    items.map(|entry| entry["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Somebody sets preferences.
pub fn prefer(stage: &Stage, account: AccountId, orders: &[&str], payments: &[&str], quiet: Value) {
    let body = json!({ "channels": { "orders": orders, "payments": payments }, "quiet_hours": quiet });
    let answer = stage.ask("set-preferences").by(&signed_in(account)).send(&body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// Whether a call hands a message over to its channel.
pub fn sends(call: &OutsideCall) -> bool {
    call.service == Service::Ses || (call.service == Service::Sns && call.operation == "Publish")
}

/// From now on the first call for which `which` holds meets `fate`.
pub fn once(stage: &Stage, which: fn(&OutsideCall) -> bool, fate: Fate) {
    let met = AtomicUsize::new(0);
    stage.interfere(move |call| match which(call) && met.fetch_add(1, Ordering::Relaxed) == 0 {
        true => fate.clone(),
        false => Fate::Answered,
    });
}
