//! Who takes part: clients whom a partner brings, and workers who pass tests.

use super::{HOUR, MINUTE, Town, client, manager, tell, worker};
use crate::Outcome;
use crate::answers::{expect, id};
use kernel::{AccountId, Principal, Role, Timestamp};
use local::sandbox::Request;
use local::sandbox::happy_cat_box::API_KEY;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What can be learnt here: a test of each, and services that need it.
const SKILLS: [&str; 2] = ["cats", "windows"];
/// The only thing that is used up.
const SKU: &str = "GLASS-CLEANER";
/// A card of the payment provider's sandbox that works.
pub(super) const GOOD_CARD: &str = "pm_card_visa";
/// The middle of Moscow.
const HERE: (i32, i32) = (557_520_000, 376_175_000);
/// So many ten-millionths of a degree across: some six kilometres from south to north.
const ACROSS: u32 = 500_000;
/// Rows of the file that say nothing that can be used, and rows that say something of a client again.
const BROKEN: usize = 5;
const AGAIN: usize = 5;
/// How many clients come later, by the partner's webhooks.
const LATER: usize = 10;

/// Slots: the hours of a day, in Moscow. Workers keep 64 of them at most.
const FIRST_DAY: std::ops::Range<u64> = 14..21;
const OTHER_DAYS: std::ops::Range<u64> = 9..20;
/// Monday to Saturday.
pub(super) const DAYS: u64 = 6;

/// All slots of the week: day and hour.
pub(super) fn hours() -> impl Iterator<Item = (u64, u64)> {
    (0..DAYS).flat_map(|day| if day == 0 { FIRST_DAY } else { OTHER_DAYS }.map(move |at| (day, at)))
}

/// A place in town, in ten-millionths of a degree.
pub(super) fn somewhere(town: &mut Town) -> Value {
    let mut near = |middle: i32| middle - 250_000 + i32::try_from(town.random.between(0, ACROSS)).unwrap_or(0);
    json!({ "latitude_e7": near(HERE.0), "longitude_e7": near(HERE.1) })
}

/// The beginning of an hour of a day, Monday being day 0, in Moscow.
pub(super) fn hour(day: u64, hour: u64) -> Timestamp {
    // Monday, 2026-01-05T00:00 in Moscow.
    const MONDAY: i64 = 1_767_560_400_000;
    Timestamp::from_millis(MONDAY).after(HOUR * u32::try_from(day * 24 + hour).unwrap_or(u32::MAX))
}

impl Town {
    /// Imports so many clients: most by a file, in which some rows are broken and some come twice, the last ones by the
    /// partner's webhooks. Their accounts.
    pub(super) fn import(&mut self, clients: usize) -> Result<Vec<AccountId>, String> {
        let filed = clients - LATER;
        let rows = filed.min(1_000 - BROKEN - AGAIN);
        let mut sheet = String::from("id,email,phone,locale,time_zone,updated_at\r\n");
        let mut row = |n: usize, email: &str, minute: u32| {
            sheet += &format!("HCB-{n:04},{email},,ru,Europe/Moscow,2026-01-04T12:{minute:02}:00Z\r\n");
        };
        (0..rows).for_each(|n| row(n, &email(n), 0));
        (0..AGAIN).for_each(|n| row(n, &email(n), 30));
        (0..BROKEN).for_each(|n| row(clients + n, "no-address", 0));
        let taken = self.ask(202, &manager(), "import-clients", "", Some(&json!({ "text": sheet })))?;
        self.live(MINUTE)?;
        let report = self.ask(200, &manager(), "get-import", &id(&taken)?, None)?;
        tell(
            self,
            &format!(
                "Happy Cat Box's file: {} rows, {} refused, {} clients new, {} changed",
                report["rows"], report["refused"], report["taken"]["created"], report["taken"]["changed"]
            ),
        );
        for n in rows..clients {
            self.save_at_the_partner(n)?;
        }
        // Webhooks come late, twice and in any order.
        self.live(HOUR)?;
        let accounts = self.admitted()?;
        tell(self, &format!("with the partner's webhooks {} clients have accounts", accounts.len()));
        match accounts.len() == clients {
            true => Ok(accounts),
            false => Err(format!("{clients} clients were to be imported")),
        }
    }

    fn save_at_the_partner(&self, n: usize) -> Outcome {
        let row = json!({
            "id": format!("HCB-{n:04}"), "email": email(n), "locale": "ru", "time_zone": "Europe/Moscow",
        });
        let request = Request {
            method: "POST".to_owned(),
            path: "/v1/clients".to_owned(),
            headers: BTreeMap::from([("authorization".to_owned(), format!("Bearer {API_KEY}"))]),
            body: row.to_string().into_bytes(),
        };
        let saved = self.stage.cloud.sandboxes().ask("happy-cat-box", &request, self.stage.now());
        match saved.status {
            200..300 => Ok(()),
            status => Err(format!("the partner answers {status}: {}", String::from_utf8_lossy(&saved.body))),
        }
    }

    /// The accounts of all imported clients, page by page.
    fn admitted(&mut self) -> Result<Vec<AccountId>, String> {
        let (mut accounts, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let query = cursor.map_or_else(|| "limit=100".to_owned(), |next| format!("limit=100&cursor={next}"));
            let answer = self.stage.ask("list-clients").by(&manager()).query(&query).get();
            let page = expect(200, answer)?;
            accounts.extend(page["items"].as_array().into_iter().flatten().filter_map(account));
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return Ok(accounts),
            }
        }
    }

    /// Hires so many workers: a fifth more apply, and fail their tests. Their accounts.
    pub(super) fn hire(&mut self, workers: usize) -> Result<Vec<AccountId>, String> {
        for (n, skill) in (1..).zip(SKILLS) {
            self.ask(200, &manager(), "set-test", &test(n), Some(&exam(skill)))?;
        }
        let (applicants, mut hired) = (workers + workers.div_ceil(5), Vec::new());
        for n in 0..applicants {
            let passes = n < workers;
            let account = self.register(n)?;
            let candidate = client(account);
            let person = json!({
                "name": format!("Candidate {n}"), "birth_date": "1990-05-17", "phone": format!("+7900{n:07}"),
            });
            let application = id(&self.ask(201, &candidate, "apply", "", Some(&person))?)?;
            // Every other one cleans windows too.
            let tests: Vec<String> = (1..=1 + (n % 2)).map(test).collect();
            let assigned = json!({ "tests": tests, "begin_until": self.stage.now().after(7 * 24 * HOUR) });
            self.ask(200, &manager(), "assign-tests", &application, Some(&assigned))?;
            for test in tests {
                self.sit(&candidate, &application, &test, passes)?;
            }
            let verdict = json!({ "verdict": if passes { "hire" } else { "reject" } });
            self.ask(200, &manager(), "decide-application", &application, Some(&verdict))?;
            if passes {
                hired.push(account);
            }
        }
        self.live(MINUTE)?;
        tell(self, &format!("{applicants} people applied and took tests, {} were hired", hired.len()));
        Ok(hired)
    }

    /// Some clients buy a scarf in the shop, and let the card be kept: what they owe on Sunday is charged to it.
    pub(super) fn keep_cards(&mut self, clients: &[AccountId]) -> Outcome {
        let scarf = json!({ "title": "Scarf", "prices": [scarf_price()], "published": true });
        self.ask(200, &manager(), "set-product", "SCARF", Some(&scarf))?;
        self.ask(200, &manager(), "set-stock", "SCARF", Some(&json!({ "on_hand": clients.len() })))?;
        self.live(MINUTE)?;
        let order = json!({
            "lines": [{ "sku": "SCARF", "quantity": 1 }], "expected_total": scarf_price(),
            "address": { "name": "N", "street": "Tverskaya 1", "city": "Moscow", "postcode": "125009", "country": "RU" },
        });
        let mut orders = Vec::new();
        for account in clients {
            orders.push((client(*account), id(&self.ask(201, &client(*account), "place-order", "", Some(&order))?)?));
        }
        self.live(MINUTE)?;
        for (who, order) in orders {
            let kept = json!({ "save_method": true });
            let started = self.ask(201, &who, "start-payment", &order, Some(&kept))?;
            self.confirm(&started, GOOD_CARD)?;
        }
        self.live(10 * MINUTE)?;
        tell(self, &format!("{} clients bought a scarf, and let their cards be kept", clients.len()));
        Ok(())
    }

    fn register(&mut self, n: usize) -> Result<AccountId, String> {
        let body = json!({
            "email": format!("candidate-{n}@example.com"), "password": "a password for this machine only",
            "locale": "ru", "time_zone": "Europe/Moscow",
        });
        let key = self.key();
        let answer = self.stage.ask("register").key(&key).send(&body);
        let registered = expect(201, answer)?;
        account(&json!({ "account": registered["id"] })).ok_or_else(|| "no account".to_owned())
    }

    /// Takes a test: right, or with the last option of each question, which is wrong.
    fn sit(&mut self, candidate: &Principal, application: &str, test: &str, right: bool) -> Outcome {
        let begun = self.ask(200, candidate, "start-test", application, Some(&json!({ "test": test })))?;
        let questions = begun["questions"].as_array().map_or(0, Vec::len);
        let option = if right { 1 } else { 3 };
        let answers: Vec<Value> =
            (1..=questions).map(|question| json!({ "question": question, "options": [option] })).collect();
        let sent = json!({ "test": test, "answers": answers });
        self.ask(200, candidate, "submit-test", application, Some(&sent))?;
        Ok(())
    }

    /// Puts services on offer, supplies on the shelf, and lets workers say when they are free. The services' ids, each
    /// with the share of requests that are for it, in per cent.
    pub(super) fn open(&mut self, workers: &[AccountId]) -> Result<Vec<(String, u32)>, String> {
        let supply = json!({
            "name": "Glass cleaner, 1 l", "on_hand": 10_000, "reorder_point": 100, "order_quantity": 500,
        });
        self.ask(200, &supplier(), "set-supply", SKU, Some(&supply))?;
        let mut services = Vec::new();
        for (name, skill, price, share) in [
            ("Cat sitting", 0, 10_000, 50),
            ("Cat grooming", 0, 14_550, 25),
            ("Window cleaning", 1, 12_325, 25),
        ] {
            let details = json!({
                "name": name, "description": format!("{name}, for an hour."), "duration_min": 60, "offered": true,
                "price": { "amount_minor": price, "currency": "RUB" }, "skills": { SKILLS[skill]: 1 },
            });
            let service = id(&self.ask(201, &manager(), "create-service", "", Some(&details))?)?;
            if skill == 1 {
                let lines = json!({ "lines": [{ "sku": SKU, "quantity": 2 }] });
                self.ask(200, &supplier(), "set-service-supplies", &service, Some(&lines))?;
            }
            services.push((service, share));
        }
        let slots: Vec<Value> =
            hours().map(|(day, at)| json!({ "from": hour(day, at), "until": hour(day, at + 1) })).collect();
        for account in workers {
            let base = somewhere(self);
            let free = json!({ "base": base, "radius_m": 20_000, "slots": slots });
            self.ask(200, &worker(*account), "set-availability", "", Some(&free))?;
        }
        tell(self, &format!("{} services are on offer, {} workers are free", services.len(), workers.len()));
        Ok(services)
    }
}

/// Staff who give out supplies.
pub(super) fn supplier() -> Principal {
    local::testing::caller(9_003, Role::Supplier)
}

fn scarf_price() -> Value {
    json!({ "amount_minor": 99_000, "currency": "RUB" })
}

fn email(n: usize) -> String {
    format!("client-{n}@example.com")
}

fn account(of: &Value) -> Option<AccountId> {
    of["account"].as_str()?.parse().ok()
}

fn test(n: usize) -> String {
    kernel::TestId::from_bits(n as u128).to_string()
}

/// Ten questions, of which five are drawn; the first option of each is right.
fn exam(skill: &str) -> Value {
    let options = json!([
        { "text": "Yes", "right": true }, { "text": "Perhaps", "right": false }, { "text": "No", "right": false },
    ]);
    let questions: Vec<Value> =
        (1..=10).map(|n| json!({ "text": format!("{skill}: question {n}?"), "options": options })).collect();
    json!({
        "title": format!("All about {skill}"), "skill": skill, "minutes": 20, "drawn": 5, "pass_percent": 60,
        "questions": questions,
    })
}
