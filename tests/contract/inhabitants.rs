//! Two people with one of everything each, so that one can ask for what is the other's.

use crate::billing::Leftovers;
use crate::jobs::Jobs;
use crate::people::{PASSWORD, code, register_as, sign_in_as};
use crate::sensors::Recorded;
use crate::services;
use crate::supplies::{Depot, depot};
use kernel::id::Id;
use kernel::{AccountId, Digest, Principal, RequestId, Role};
use local::sandbox::stripe::confirmation;
use local::stage::Stage;
use local::testing::{caller, good};
use serde_json::{Value, json};
use std::time::Duration;

/// The product that they buy, and its price in pence.
pub const SKU: &str = "85123A";
const PRICE: i64 = 255;

/// A person, and what is theirs alone.
pub struct Inhabitant {
    /// The account.
    pub account: AccountId,
    /// A session under way.
    pub session: String,
    /// A token that refreshes it.
    pub refresh_token: String,
    /// The code that was sent to confirm the e-mail address. It was used.
    pub code: String,
    /// An entry of the feed.
    pub message: String,
    /// A saved payment method.
    pub method: String,
    /// A top-up of the balance.
    pub top_up: String,
    /// A request that is offered to the account, which is a worker's too.
    pub offered: String,
    /// The offer.
    pub offer: String,
    /// An endpoint to which events are sent.
    pub endpoint: String,
    /// An order in each of these states.
    pub reserved: String,
    /// Paid.
    pub paid: String,
    /// Packed.
    pub packed: String,
    /// Shipped.
    pub shipped: String,
    /// Delivered.
    pub delivered: String,
    /// A request for a service.
    pub request: String,
    /// One whose worker did not come.
    pub missed: String,
    /// Jobs.
    pub jobs: Jobs,
    /// An application, with a test under way.
    pub application: String,
    /// A device that measures something.
    pub device: String,
    /// What it recorded.
    pub recorded: Recorded,
    /// A run through a training programme, which begins tomorrow.
    pub run: String,
    /// A workout that was written down.
    pub workout: String,
}

/// Where they live.
pub struct Town {
    /// All contexts.
    pub stage: Stage,
    /// Who asks.
    pub asking: Inhabitant,
    /// Somebody else.
    pub other: Inhabitant,
    /// Two partners.
    pub partners: [String; 2],
    /// What workers use up, of both of them.
    pub depot: Depot,
    /// Two services.
    pub services: [String; 2],
    /// What a week of billing left behind: the first of each is who asks', where it is anybody's.
    pub billed: Leftovers,
    /// Two imports of a partner's clients.
    pub imports: [String; 2],
    /// Two differences between our payments and the provider's.
    pub breaks: [String; 2],
}

impl Town {
    /// A town in which all this is there and nothing waits.
    pub fn new() -> Self {
        let emails = ["maria@example.com", "ivan@example.com"];
        let stage = Stage::new(simulation::contexts()).unwrap();
        stage.set("PASSWORD_COST", "8,1,1");
        let breaks = crate::paying::breaks(&stage);
        let billed = crate::billing::week(&stage, accounts(emails));
        let manager = caller(1000, Role::Manager);
        let product = json!({
            "title": "Шарф 🧣", "prices": [{ "amount_minor": PRICE, "currency": "GBP" }], "published": true,
        });
        for sku in [SKU, "ANOTHER"] {
            good(&stage.ask("set-product").by(&manager).at(sku).send(&product));
            good(&stage.ask("set-stock").by(&manager).at(sku).send(&json!({ "on_hand": 1000 })));
        }
        crate::hiring::bank(&stage);
        crate::training::programmes(&stage);
        let partners = ["Happy Cat Box", "Golden Hat"].map(|name| {
            let ask = stage
                .ask("create-partner")
                .by(&caller(1000, Role::Admin))
                .key(&format!("the-partner-{}", name.replace(' ', "-")));
            text(&good(&ask.send(&json!({ "name": name }))), "client_id")
        });
        crate::matching::make_offers(&stage);
        let imports = ["HCB-1", "HCB-2"].map(|client| {
            let row = json!({ "id": client, "email": "a@example.com", "updated_at": "2026-01-04T12:00:00Z" });
            let ask = stage.ask("import-clients").by(&manager).key(&format!("the-import-of-{client}"));
            text(&good(&ask.send(&json!({ "rows": [row] }))), "id")
        });
        stage.settle().unwrap();
        let services = ["Window cleaning", "Plumbing"].map(|name| services::offer(&stage, name));
        let [asking, other] = emails.map(|email| Inhabitant::new(&stage, email, &services[0]));
        let depot = depot(&stage, [asking.account, other.account]);
        stage.calls();
        Self {
            stage,
            asking,
            other,
            partners,
            services,
            depot,
            billed,
            imports,
            breaks,
        }
    }
}

/// The accounts that these people will have: who registers under the same key gets the same id.
fn accounts(emails: [&str; 2]) -> [AccountId; 2] {
    let stage = Stage::new(simulation::contexts()).unwrap();
    stage.set("PASSWORD_COST", "8,1,1");
    emails.map(|email| register_as(&stage, email, &format!("the-registration-of-{email}")))
}

impl Inhabitant {
    fn new(stage: &Stage, email: &str, service: &str) -> Self {
        let account = register_as(stage, email, &format!("the-registration-of-{email}"));
        let code = code(stage, account);
        good(&stage.ask("verify-contact").at(account).send(&json!({ "kind": "email", "code": code })));
        let signed_in = sign_in_as(stage, email, PASSWORD, &format!("the-session-of-{email}"));
        let refresh_token = text(&good(&signed_in), "refresh_token");
        let customer = Principal { account, roles: vec![Role::Customer] };
        let sessions = good(&stage.ask("list-sessions").by(&customer).get());

        let [reserved, paid, packed, shipped, delivered] =
            ["reserved", "paid", "packed", "shipped", "delivered"].map(|state| place(stage, &customer, state));
        stage.settle().unwrap();
        for order in [&paid, &packed, &shipped, &delivered] {
            pay(stage, &customer, order);
        }
        // The provider sends its webhooks.
        stage.rest(Duration::from_secs(60)).unwrap();
        for (step, orders) in [
            ("pack-order", [&packed, &shipped, &delivered].as_slice()),
            ("ship-order", &[&shipped, &delivered]),
            ("deliver-order", &[&delivered]),
        ] {
            for order in orders {
                let ask = stage.ask(step).by(&caller(1000, Role::Manager)).at(order);
                good(&if step == "ship-order" { ask.send(&json!({})) } else { ask.get() });
            }
        }
        stage.settle().unwrap();

        let application = crate::hiring::applied(stage, &customer);
        stage.settle().unwrap();
        crate::matching::free(stage, account);
        let request = RequestId::from_digest(&Digest::of([account.to_string()]));
        crate::matching::request(stage, request);
        let offer = crate::matching::offer(stage, account);
        // Nobody else may find the slots that are left.
        let worker = Principal { account, roles: vec![Role::Worker] };
        let none = json!({ "base": { "latitude_e7": 557_520_000, "longitude_e7": 376_175_000 }, "radius_m": 5000, "slots": [] });
        good(&stage.ask("set-availability").by(&worker).send(&none));
        stage.settle().unwrap();

        let first = |function| {
            let list = good(&stage.ask(function).by(&customer).get());
            text(&list["items"][0], "id")
        };
        let device = crate::sensors::device(stage, account);
        Self {
            recorded: Recorded::by(stage, account, &device),
            device,
            account,
            session: text(&sessions["items"][0], "id"),
            refresh_token,
            code,
            message: first("list-notifications"),
            method: first("list-payment-methods"),
            top_up: text(&crate::paying::top_up(stage, &customer), "id"),
            offered: request.to_string(),
            offer,
            endpoint: crate::partnering::endpoint(stage, account, "partner.example.com"),
            reserved,
            paid,
            packed,
            shipped,
            delivered,
            request: services::request(stage, &customer, service, "a-request-for-a-service"),
            missed: services::missed(stage, &customer, service, "a-request-that-is-missed"),
            jobs: Jobs::of(stage, account, service),
            application,
            run: crate::training::enrol(stage, &customer),
            workout: crate::training::log(stage, &customer),
        }
    }
}

fn place(stage: &Stage, customer: &Principal, name: &str) -> String {
    let order = json!({
        "lines": [{ "sku": SKU, "quantity": 1 }],
        "address": { "name": "N", "street": "S", "city": "London", "postcode": "N1 9GU", "country": "GB" },
        "expected_total": { "amount_minor": PRICE, "currency": "GBP" },
    });
    let key = format!("an-order-to-be-{name}");
    text(&good(&stage.ask("place-order").by(customer).key(&key).send(&order)), "id")
}

fn pay(stage: &Stage, customer: &Principal, order: &str) {
    let key = format!("a-payment-of-{order}");
    let ask = stage.ask("start-payment").by(customer).at(order).key(&key);
    let secret = text(&good(&ask.send(&json!({ "save_method": true }))), "client_secret");
    let paid = stage.cloud.sandboxes().ask("stripe", &confirmation(&secret, "pm_card_visa"), stage.now());
    assert_eq!(paid.status, 200, "{}", String::from_utf8_lossy(&paid.body));
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}
