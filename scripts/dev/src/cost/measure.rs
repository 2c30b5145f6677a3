//! Each use case by itself, in the order of a customer's life.

use super::Row;
pub(super) use crate::answers::{expect, id};
use kernel::{AccountId, Principal, Role};
use local::sandbox::stripe::confirmation;
use local::stage::Stage;
use platform::Context;
use serde_json::{Value, json};
use std::time::Duration;

/// The largest order of the retail data set.
const LARGE: usize = 674;
/// The pence of one product.
const PRICE: usize = 255;

/// Reads off what use cases cost, one after the other.
pub(super) struct Till {
    pub(super) stage: Stage,
    pub(super) customer: Principal,
    rows: Vec<Row>,
}

/// Measures each.
pub(super) fn cases() -> Result<Vec<Row>, String> {
    let mut till = Till::new(LARGE)?;
    till.registering()?;
    till.goods()?;
    for lines in [1, 10, LARGE] {
        till.placing(lines)?;
    }
    till.buying()?;
    till.cancelling()?;
    till.hiring()?;
    till.partnering()?;
    let mut rows = till.rows;
    let mut working = Till::on(simulation::only(&["services", "jobs"]))?;
    working.working()?;
    rows.extend(working.rows);
    let mut matching = Till::on(simulation::only(&["matching"]))?;
    matching.matching()?;
    rows.extend(matching.rows);
    Ok(rows)
}

impl Till {
    /// A shop with so many products, whose prices have arrived.
    pub(super) fn new(products: usize) -> Result<Self, String> {
        let till = Self::on(simulation::contexts())?;
        let stage = &till.stage;
        for n in 0..products {
            let sku = sku(n);
            expect(200, stage.ask("set-product").by(&manager()).at(&sku).send(&product(n)))?;
            let counted = json!({ "on_hand": 1_000_000 });
            expect(200, stage.ask("set-stock").by(&manager()).at(&sku).send(&counted))?;
        }
        stage.settle()?;
        stage.costs();
        Ok(till)
    }

    /// These contexts, with nothing in them.
    fn on(contexts: Vec<Context>) -> Result<Self, String> {
        let customer = Principal {
            account: AccountId::from_bits(1),
            roles: vec![Role::Customer],
        };
        Ok(Self { stage: Stage::new(contexts)?, customer, rows: Vec::new() })
    }

    /// A row of what `function` called for since the last row, and of nothing else.
    pub(super) fn note(&mut self, case: &str, function: &str) {
        self.notes(&[(case, function)]);
    }

    /// Several rows of the same time.
    pub(super) fn notes(&mut self, notes: &[(&str, &str)]) {
        let costs = self.stage.costs();
        for (case, function) in notes {
            let of_function = costs.iter().filter(|cost| cost.function == *function);
            self.rows.push(Row::of(case, of_function));
        }
    }

    /// The customer.
    pub(super) fn customer(&self) -> &Principal {
        &self.customer
    }

    /// Somebody registers and signs in: the customer from then on.
    pub(super) fn registering(&mut self) -> Result<(), String> {
        let email = "maria@example.com";
        let password = "correct horse battery staple";
        let body = json!({ "email": email, "password": password, "locale": "ru", "time_zone": "Europe/Moscow" });
        let ask = self.stage.ask("register").key("somebody-who-registers-once");
        let account = id(&expect(201, ask.send(&body))?)?;
        self.customer.account = account.parse().map_err(|_| format!("{account} is no account"))?;
        self.note("register", "register");
        self.stage.rest(Duration::from_secs(60))?;
        self.notes(&[("notify, of a code", "notify"), ("send-email, of a code", "send-email")]);
        let text = self.stage.cloud.sent().messages().last().map(|letter| letter.text.clone()).unwrap_or_default();
        let code = text.split(|letter: char| !letter.is_ascii_digit()).find(|word| word.len() == 6);
        let code = json!({ "kind": "email", "code": code.ok_or("no code was sent")? });
        let verified = self.stage.ask("verify-contact").at(account).send(&code);
        expect(verified.status_code, verified)?;
        self.note("verify-contact", "verify-contact");
        let credentials = json!({ "email": email, "password": password });
        let session = expect(201, self.stage.ask("sign-in").key("somebody-who-signs-in-once").send(&credentials))?;
        self.note("sign-in", "sign-in");
        let token = json!({ "refresh_token": session["refresh_token"] });
        expect(200, self.stage.ask("refresh-session").send(&token))?;
        self.note("refresh-session", "refresh-session");
        Ok(())
    }

    fn goods(&mut self) -> Result<(), String> {
        expect(200, self.stage.ask("set-product").by(&manager()).at("ANOTHER").send(&product(LARGE)))?;
        self.note("set-product", "set-product");
        expect(200, self.stage.ask("set-stock").by(&manager()).at("ANOTHER").send(&json!({ "on_hand": 10 })))?;
        self.note("set-stock", "set-stock");
        self.stage.settle()?;
        self.note("keep-price", "keep-price");
        expect(200, self.stage.ask("list-products").get())?;
        self.note("list-products, a page", "list-products");
        expect(200, self.stage.ask("get-product").at(sku(1)).get())?;
        self.note("get-product", "get-product");
        expect(200, self.stage.ask("change-cart").by(&self.customer).at(sku(1)).send(&json!({ "quantity": 6 })))?;
        self.note("change-cart", "change-cart");
        expect(200, self.stage.ask("get-cart").by(&self.customer).get())?;
        self.note("get-cart, 1 line", "get-cart");
        Ok(())
    }

    fn placing(&mut self, lines: usize) -> Result<(), String> {
        let name = |case: &str| format!("{case}, {lines} line{}", if lines == 1 { "" } else { "s" });
        self.place(lines, &format!("the-key-of-an-order-of-{lines}-lines"))?;
        self.note(&name("place-order"), "place-order");
        self.stage.settle()?;
        self.notes(&[
            (&name("reserve-stock"), "reserve-stock"),
            (&name("mark-reserved"), "mark-reserved"),
        ]);
        Ok(())
    }

    /// From paying to the return of one line.
    fn buying(&mut self) -> Result<(), String> {
        let id = self.place(10, "the-key-of-an-order-that-is-paid")?;
        self.stage.settle()?;
        self.notes(&[("keep-payable", "keep-payable"), ("empty-cart", "empty-cart")]);
        expect(200, self.stage.ask("get-order").by(&self.customer).at(&id).get())?;
        self.note("get-order, 10 lines", "get-order");
        expect(200, self.stage.ask("list-orders").by(&self.customer).get())?;
        self.note("list-orders, a page", "list-orders");
        self.pay(&id)?;
        self.note("start-payment", "start-payment");
        self.stage.rest(Duration::from_secs(60))?;
        self.notes(&[
            ("stripe-webhook, all of a payment", "stripe-webhook"),
            ("mark-paid", "mark-paid"),
            ("commit-stock, 10 lines", "commit-stock"),
            ("notify, of a payment", "notify"),
            ("send-email, of a payment", "send-email"),
        ]);
        for step in ["pack-order", "ship-order", "deliver-order"] {
            expect(200, self.stage.ask(step).by(&manager()).at(&id).send(&json!({})))?;
            self.note(step, step);
            self.stage.settle()?;
        }
        self.stage.costs();
        expect(200, self.stage.ask("get-receipt").by(&self.customer).at(&id).get())?;
        self.note("get-receipt, 10 lines", "get-receipt");
        let back = json!({ "lines": [{ "sku": sku(0), "quantity": 1 }] });
        let ask = self.stage.ask("return-order").by(&self.customer).at(&id).key("the-key-of-a-return");
        expect(201, ask.send(&back))?;
        self.note("return-order, 1 line", "return-order");
        self.stage.rest(Duration::from_secs(60))?;
        self.notes(&[
            ("refund-return", "refund-return"),
            ("restock-return, 1 line", "restock-return"),
            ("mark-refunded", "mark-refunded"),
        ]);
        Ok(())
    }

    fn cancelling(&mut self) -> Result<(), String> {
        let id = self.place(10, "the-key-of-an-order-that-is-cancelled")?;
        self.stage.settle()?;
        self.stage.costs();
        let ask = self.stage.ask("cancel-order").by(&self.customer).at(&id).key("the-key-of-a-cancellation");
        expect(200, ask.send(&json!({})))?;
        self.note("cancel-order, 10 lines", "cancel-order");
        self.stage.settle()?;
        self.notes(&[
            ("release-stock, 10 lines", "release-stock"),
            ("close-payment, unpaid", "close-payment"),
        ]);
        // The time to pay is over by now for all orders: of a paid one there is nothing left to do.
        self.stage.rest(Duration::from_secs(3600))?;
        self.stage.costs();
        Ok(())
    }

    /// Places an order of so many lines; its id.
    pub(super) fn place(&self, lines: usize, key: &str) -> Result<String, String> {
        let wanted: Vec<Value> = (0..lines).map(|n| json!({ "sku": sku(n), "quantity": 6 })).collect();
        let order = json!({
            "lines": wanted,
            "address": {
                "name": "Maria Alexandrovna Petrova", "street": "221B Baker Street, second floor", "city": "London",
                "postcode": "NW1 6XE", "country": "GB",
            },
            "expected_total": { "amount_minor": PRICE * 6 * lines, "currency": "GBP" },
        });
        id(&expect(201, self.stage.ask("place-order").by(&self.customer).key(key).send(&order))?)
    }

    /// Starts a payment, and confirms it as the customer's app would.
    pub(super) fn pay(&self, order: &str) -> Result<(), String> {
        let ask = self.stage.ask("start-payment").by(&self.customer).at(order).key(&format!("a-payment-of-{order}"));
        let started = expect(201, ask.send(&json!({})))?;
        let secret = started["client_secret"].as_str().ok_or("a payment without a client secret")?;
        let answer =
            self.stage.cloud.sandboxes().ask("stripe", &confirmation(secret, "pm_card_visa"), self.stage.now());
        if answer.status == 200 {
            Ok(())
        } else {
            Err(format!("the provider answers {}", answer.status))
        }
    }
}

fn sku(n: usize) -> String {
    format!("SKU-{n:04}")
}

fn product(n: usize) -> Value {
    json!({
        // As long as the titles of the retail data set are on average.
        "title": format!("WHITE HANGING HEART HOLDER {n:04}"),
        "prices": [{ "amount_minor": PRICE, "currency": "GBP" }],
        "published": true,
    })
}

pub(super) fn manager() -> Principal {
    Principal { account: AccountId::from_bits(2), roles: vec![Role::Manager] }
}
