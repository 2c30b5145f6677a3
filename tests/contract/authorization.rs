//! Who may do what to whose things: every route × every caller × {own, another's, missing}. Who is let in is what the
//! function declares; what stands in the path, and whose it must be, is in a row of [`row`]. A route without a row fails,
//! and so does one that says of what it made that it is where no route answers.

use crate::hiring::{OTHER_TEST, TEST};
use crate::inhabitants::{SKU, Town};
use crate::json_file;
use crate::services;
use crate::training;
use kernel::{AccountId, ExerciseId, Principal, Role};
use local::outside::Service;
use local::testing::caller;
use local::trigger::HttpResponse;
use platform::describe::{Caller, Description};
use platform::function::Trigger;
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// Whose a thing is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whose {
    Own,
    Others,
    Missing,
}

/// What a route is about.
enum Scope {
    /// The caller's own things alone, or nothing of anybody: no id to forge.
    Nothing,
    /// A thing of a person's, in the path: the caller's, and another's, of whom it is not even said to be there.
    Personal(String, String),
    /// Two things that are not the caller's nor anybody's: whoever is let in may ask for each.
    Everybodys(String, String),
    /// The same, and what is not there is made.
    Made(String, String),
}

/// What to ask of a route, and what becomes of it.
struct Row {
    scope: Scope,
    /// Instead of the sample's.
    body: Option<Value>,
    query: Option<String>,
    /// What answers a good request: 0 is any success.
    own: u16,
    /// What answers it about the other thing: the same, unless this says so.
    others: Option<u16>,
    /// What answers it about what is not there: 404, unless this says so.
    missing: Option<u16>,
}

impl Row {
    fn of(scope: Scope) -> Self {
        Self {
            scope,
            body: None,
            query: None,
            own: 0,
            others: None,
            missing: None,
        }
    }

    fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The request is answered with this, whoever sends it.
    fn answered(self, own: u16) -> Self {
        Self { own, ..self }
    }

    /// About the other thing it is answered with this.
    fn others(self, status: u16) -> Self {
        Self { others: Some(status), ..self }
    }

    /// About what is not there it is answered with this: it may be on its way.
    fn missing(self, status: u16) -> Self {
        Self { missing: Some(status), ..self }
    }

    /// What stands in the path.
    fn path(&self, whose: Whose, sample: &Value) -> Option<String> {
        match (&self.scope, whose) {
            (Scope::Nothing, _) => None,
            (_, Whose::Missing) => {
                let parameters = sample["pathParameters"].as_object().unwrap();
                let id = parameters.values().next().and_then(Value::as_str).unwrap();
                // A SKU is any text, an id ends in the number of the thing: another number is nobody's.
                Some(if id == SKU { "NOT-THERE".to_owned() } else { id.replace("0000000000", "000000000n") })
            }
            (Scope::Personal(own, _) | Scope::Everybodys(own, _) | Scope::Made(own, _), Whose::Own) => {
                Some(own.clone())
            }
            (Scope::Personal(_, other) | Scope::Everybodys(_, other) | Scope::Made(_, other), Whose::Others) => {
                Some(other.clone())
            }
        }
    }

    /// What becomes of a request whose caller is let in.
    fn expected(&self, whose: Whose) -> u16 {
        match (&self.scope, whose) {
            (Scope::Personal(..) | Scope::Everybodys(..), Whose::Missing) => self.missing.unwrap_or(404),
            (Scope::Personal(..), Whose::Others) => 404,
            (_, Whose::Others) => self.others.unwrap_or(self.own),
            _ => self.own,
        }
    }
}

/// What a route is about, in a town.
fn row(town: &Town, function: &str) -> Row {
    use Scope::{Everybodys, Made, Nothing, Personal};
    let (me, you) = (&town.asking, &town.other);
    let orders = |of: fn(&crate::inhabitants::Inhabitant) -> &String| (of(me).clone(), of(you).clone());
    let my_order = |(mine, yours): (String, String)| Row::of(Personal(mine, yours));
    let any_order = |(one, another): (String, String)| Row::of(Everybodys(one, another));
    let any_of = |[one, another]: &[String; 2]| Row::of(Everybodys(one.clone(), another.clone()));
    let products = || (SKU.to_owned(), "ANOTHER".to_owned());
    let accounts = || Everybodys(me.account.to_string(), you.account.to_string());
    match function {
        "adjust-account" | "get-balance" | "list-adjustments" | "list-invoices" | "list-statement" => Row::of(Nothing),
        // Anybody has a balance, of whom it is known or not.
        "get-account-balance" | "list-account-statement" => {
            Row::of(Made(me.account.to_string(), you.account.to_string()))
        }
        "decide-adjustment" | "get-adjustment" => any_of(&town.billed.adjustments),
        "get-invoice" => Row::of(Personal(town.billed.invoices[0].clone(), town.billed.invoices[1].clone())),
        "get-run" => any_of(&town.billed.runs),
        // The run of any week that is over begins when it is asked for.
        "start-run" => Row::of(Made(town.billed.runs[0].clone(), town.billed.runs[1].clone())),
        "retry-payout" => any_of(&town.billed.payouts),
        // The sample's body is not signed.
        "golden-hat-webhook" => Row::of(Nothing).answered(400),

        "get-product" => any_order(products()),
        "set-product" => Row::of(Made(products().0, products().1)),
        "set-stock" => any_order(products()),
        "export-products" | "import-products" | "list-products" => Row::of(Nothing),

        "register" | "get-discovery" | "get-keys" | "create-partner" => Row::of(Nothing),
        "sign-in" => Row::of(Nothing),
        "refresh-session" => Row::of(Nothing).body(json!({ "refresh_token": me.refresh_token })),
        "get-account" | "list-sessions" | "end-sessions" => Row::of(Nothing),
        "end-session" => Row::of(Personal(me.session.clone(), you.session.clone())),
        // Both have proved their addresses.
        "issue-code" => Row::of(accounts()).answered(409),
        // Somebody's code is nobody else's.
        "verify-contact" => Row::of(accounts()).body(json!({ "kind": "email", "code": me.code })).others(422),
        "get-roles" | "change-roles" | "list-role-changes" => Row::of(accounts()),
        "rotate-partner-secret" => Row::of(Everybodys(town.partners[0].clone(), town.partners[1].clone())),

        "get-availability" | "list-offers" => Row::of(Nothing),
        // The town is later than the samples.
        "set-availability" => Row::of(Nothing).body(json!({
            "base": { "latitude_e7": 557_520_000, "longitude_e7": 376_175_000 }, "radius_m": 5000, "slots": [],
        })),
        "get-pipeline" | "set-pipeline" | "list-waiting" => Row::of(Nothing),
        "accept-offer" | "decline-offer" => Row::of(Personal(me.offer.clone(), you.offer.clone())),
        "list-decisions" => any_order((me.offered.clone(), you.offered.clone())),
        // Nobody else can do it.
        "rematch-request" => any_order((me.offered.clone(), you.offered.clone())).answered(409),

        "get-preferences" | "set-preferences" | "list-notifications" => Row::of(Nothing),
        "mark-notification-read" => Row::of(Personal(me.message.clone(), you.message.clone())),
        // The sample's token is not signed.
        "unsubscribe" => Row::of(Nothing).answered(422),

        "list-orders" | "get-cart" => Row::of(Nothing),
        "change-cart" => Row::of(Made(products().0, products().1)),
        "place-order" => Row::of(Nothing),
        "get-order" | "cancel-order" => my_order(orders(|of| &of.reserved)),
        "get-receipt" => my_order(orders(|of| &of.paid)),
        "return-order" => my_order(orders(|of| &of.delivered)),
        "pack-order" => any_order(orders(|of| &of.paid)),
        "ship-order" => any_order(orders(|of| &of.packed)),
        "deliver-order" => any_order(orders(|of| &of.shipped)),

        // Each has an application open.
        "apply" => Row::of(Nothing).answered(409),
        "list-applications" | "list-tests" => Row::of(Nothing),
        "get-application" | "withdraw-application" | "start-test" | "submit-test" => {
            my_order(orders(|of| &of.application))
        }
        "assign-tests" => any_order(orders(|of| &of.application))
            .body(json!({ "tests": [OTHER_TEST], "begin_until": "2026-02-07T12:00:00.000Z" })),
        "decide-application" => any_order(orders(|of| &of.application)).body(json!({ "verdict": "reject" })),
        "get-test" => any_order((TEST.to_string(), OTHER_TEST.to_string())),
        "set-test" => Row::of(Made(TEST.to_string(), OTHER_TEST.to_string())),
        "approve-event-types" => Row::of(Made(me.account.to_string(), you.account.to_string())),
        "create-endpoint" | "list-endpoints" => Row::of(Nothing),
        "change-endpoint"
        | "enable-endpoint"
        | "list-deliveries"
        | "remove-endpoint"
        | "replay-deliveries"
        | "rotate-endpoint-secret"
        | "send-webhook-test" => Row::of(Personal(me.endpoint.clone(), you.endpoint.clone())),
        "get-client" => Row::of(Everybodys("HCB-1".to_owned(), "HCB-2".to_owned())),
        "get-import" => Row::of(Everybodys(town.imports[0].clone(), town.imports[1].clone())),
        "import-clients" | "list-clients" => Row::of(Nothing),
        // The sample's body is not signed.
        "happy-cat-box-webhook" => Row::of(Nothing).answered(400),

        "start-payment" => my_order(orders(|of| &of.reserved)),
        "get-payment" => my_order(orders(|of| &of.paid)),
        "list-breaks" => Row::of(Nothing),
        "get-break" | "close-break" => any_of(&town.breaks),
        "list-payment-methods" | "top-up-balance" => Row::of(Nothing),
        "get-top-up" => Row::of(Personal(me.top_up.clone(), you.top_up.clone())),
        "pay-invoice" => Row::of(Personal(town.billed.invoices[0].clone(), town.billed.invoices[1].clone())),
        "remove-payment-method" => Row::of(Personal(me.method.clone(), you.method.clone())),
        // The sample's body is not signed.
        "stripe-webhook" => Row::of(Nothing).answered(400),

        "list-supplies" | "list-purchases" | "list-draws" | "list-open-draws" => Row::of(Nothing),
        "set-supply" => {
            let [one, another] = town.depot.skus.clone();
            // Without a count, which would need the version that was counted.
            let supply = json!({ "name": "Губка", "reorder_point": 1, "order_quantity": 1 });
            Row::of(Made(one, another)).body(supply)
        }
        "set-service-supplies" | "get-service-supplies" => {
            let [one, another] = town.depot.services.clone();
            Row::of(Made(one, another)).body(json!({ "lines": [] }))
        }
        "request-supplies" => {
            let [mine, yours] = town.depot.jobs.clone();
            Row::of(Personal(mine, yours)).missing(503)
        }
        "issue-supplies" | "refuse-supplies" => {
            let [one, another] = town.depot.draws.clone();
            Row::of(Everybodys(one, another))
        }
        "receive-purchase" | "close-purchase" => {
            let [one, another] = town.depot.purchases.clone();
            Row::of(Everybodys(one, another))
        }
        "list-exercises" | "list-programmes" | "set-thresholds" | "get-athlete" | "get-calendar" | "get-load"
        | "list-records" | "list-workouts" => Row::of(Nothing),
        "set-exercise" => Row::of(Made(ExerciseId::from_bits(1).to_string(), ExerciseId::from_bits(2).to_string())),
        "set-programme" => Row::of(Made(training::PROGRAMMES[0].to_string(), training::PROGRAMMES[1].to_string())),
        "get-programme" => any_order((training::PROGRAMMES[0].to_string(), training::PROGRAMMES[1].to_string())),
        "enrol" => Row::of(Nothing).body(training::beginning(&town.stage, training::PROGRAMMES[1], 2)),
        "skip-session" | "set-training-clock" | "leave-programme" => my_order(orders(|of| &of.run)),
        "move-session" => my_order(orders(|of| &of.run))
            .body(json!({ "week": 1, "session": 2, "day": training::day_ahead(&town.stage, 4) })),
        "log-workout" => Row::of(Nothing).body(json!({
            "started_at": town.stage.now(), "zone": "UTC", "sport": "strength", "minutes": 45,
        })),
        "delete-workout" => Row::of(Personal(me.workout.clone(), you.workout.clone())),
        // Anybody may be somebody's coach.
        "admit-coach" | "dismiss-coach" => {
            Row::of(Made(AccountId::from_bits(77).to_string(), AccountId::from_bits(78).to_string()))
        }
        "create-service" | "list-services" | "list-service-requests" => Row::of(Nothing),
        "get-service" | "set-service" => Row::of(Everybodys(town.services[0].clone(), town.services[1].clone())),
        "request-service" => Row::of(Nothing).body(services::wish(&town.stage, &town.services[0])),
        "get-service-request" | "cancel-service-request" => Row::of(Personal(me.request.clone(), you.request.clone())),
        "copy-service-request" => {
            let in_days = |days: u64| town.stage.now().after(Duration::from_secs(days * 86_400));
            let window = json!({ "from": in_days(1), "until": in_days(2) });
            Row::of(Personal(me.missed.clone(), you.missed.clone())).body(window)
        }

        "get-consent" | "give-consent" | "withdraw-consent" | "list-devices" | "register-device" => Row::of(Nothing),
        "get-alert-rules" | "set-alert-rules" | "list-activities" => Row::of(Nothing),
        "create-activity-file" | "delete-readings" => Row::of(Personal(me.device.clone(), you.device.clone())),
        "delete-device" => Row::of(Personal(me.recorded.unused.clone(), you.recorded.unused.clone())),
        "get-activity-file" => Row::of(Personal(me.recorded.file.clone(), you.recorded.file.clone())),
        "get-activity" | "export-activity" => {
            Row::of(Personal(me.recorded.activity.clone(), you.recorded.activity.clone()))
        }
        "delete-activity" => Row::of(Personal(me.recorded.unwanted.clone(), you.recorded.unwanted.clone())),
        "record-activity" => Row::of(Nothing).body(crate::sensors::marked(&me.device)),
        "add-readings" => Row::of(Personal(me.device.clone(), you.device.clone())),
        // The sample's body is no chunk.
        "add-chunk" => Row::of(Personal(me.device.clone(), you.device.clone())).answered(422),
        // The sample's range is none.
        "get-chart" => Row::of(Personal(me.device.clone(), you.device.clone())).answered(422),
        "list-readings" => Row::of(Personal(me.device.clone(), you.device.clone())),
        // Whoever is named: what is written is the caller's.
        "allow-coach" | "exclude-coach" => {
            Row::of(Made(you.account.to_string(), caller(77, Role::Customer).account.to_string()))
        }

        "list-jobs" | "list-reviews" => Row::of(Nothing),
        "get-job" | "withdraw-job" | "create-photo-upload" => {
            Row::of(Personal(me.jobs.assigned.clone(), you.jobs.assigned.clone()))
        }
        "start-job" => Row::of(Personal(me.jobs.ready.clone(), you.jobs.ready.clone()))
            .body(json!({ "photo": me.jobs.start_photo, "confirmed": true })),
        "finish-job" => Row::of(Personal(me.jobs.started.clone(), you.jobs.started.clone()))
            .body(json!({ "photo": me.jobs.report_photo })),
        "create-photo-link" => Row::of(Everybodys(me.jobs.started.clone(), you.jobs.started.clone()))
            .body(json!({ "photo": me.jobs.start_photo_of_started }))
            .others(404),
        "fail-job" => Row::of(Personal(me.jobs.started.clone(), you.jobs.started.clone())),
        "record-review" => Row::of(Everybodys(me.jobs.failed.clone(), you.jobs.failed.clone())),
        other => panic!("{other} has no row: say in tests/contract/authorization.rs what it is about"),
    }
}

/// One cell of the matrix.
struct Cell {
    function: &'static str,
    caller: Option<Role>,
    whose: Whose,
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let caller = self.caller.map_or("nobody", Role::name);
        write!(formatter, "{} by {caller}, {:?}", self.function, self.whose)
    }
}

/// Every caller there is: nobody, and somebody of each role.
fn callers() -> impl Iterator<Item = Option<Role>> {
    std::iter::once(None).chain(Role::ALL.map(Some))
}

fn lets_in(declared: Caller, caller: Option<Role>) -> bool {
    match declared {
        Caller::Anyone => true,
        Caller::SignedIn => caller.is_some(),
        Caller::Role(role) => caller == Some(role),
        Caller::Overseer => matches!(caller, Some(Role::Manager | Role::Auditor)),
        Caller::Inspector => matches!(caller, Some(Role::Quality | Role::Manager)),
    }
}

/// Sends the request of a cell.
fn ask(town: &Town, row: &Row, cell: &Cell, number: usize) -> HttpResponse {
    let sample = json_file(format!("events/samples/{}.json", cell.function));
    let query = row.query.clone().unwrap_or_else(|| sample["rawQueryString"].as_str().unwrap().to_owned());
    let key = format!("a-request-of-the-matrix-{number}");
    let mut ask = town.stage.ask(cell.function).query(&query).key(&key);
    if let Some(role) = cell.caller {
        ask = ask.by(&Principal { account: town.asking.account, roles: vec![role] });
    }
    if let Some(path) = row.path(cell.whose, &sample) {
        ask = ask.at(path);
    }
    let body = row.body.as_ref().map(Value::to_string);
    ask.send_text(body.or_else(|| sample["body"].as_str().map(str::to_owned)))
}

/// What is wrong with the answer to a cell, if anything is.
fn wrong(town: &Town, row: &Row, cell: &Cell, declared: Caller, number: usize) -> Option<String> {
    town.stage.calls();
    let answer = ask(town, row, cell, number);
    let calls = town.stage.calls();
    let (expected, may_look) = match (lets_in(declared, cell.caller), cell.caller) {
        (true, _) => (row.expected(cell.whose), true),
        (false, None) => (401, false),
        (false, Some(_)) => (403, false),
    };
    let as_expected = match expected {
        0 => (200..300).contains(&answer.status_code),
        status => answer.status_code == status,
    };
    if !as_expected {
        return Some(format!("{cell}: {} instead of {expected}: {}", answer.status_code, answer.body));
    }
    if let Some(location) = answer.headers.get("location").filter(|location| !is_served(location)) {
        return Some(format!("{cell}: what was made is said to be at {location}, where no route answers"));
    }
    if !may_look && !calls.is_empty() {
        return Some(format!("{cell}: refused, but only after calls"));
    }
    // An update counts for a rate limit, which changes nothing of anybody's.
    let reads = ["GetItem", "BatchGetItem", "Query", "GetSecretValue", "UpdateItem"];
    let changes = calls
        .iter()
        .find(|call| call.service != Service::DynamoDb || !reads.contains(&call.operation.as_str()));
    match changes {
        Some(call) if expected == 404 && call.service == Service::DynamoDb => {
            Some(format!("{cell}: not found, but {} was called", call.operation))
        }
        _ => None,
    }
}

/// Whether a route shows what is at this path.
fn is_served(path: &str) -> bool {
    let documented = json_file("events/openapi.json");
    let routes = documented["paths"].as_object().unwrap().iter().filter(|(_, route)| route["get"].is_object());
    routes.map(|(route, _)| route).any(|route| {
        let (wanted, offered): (Vec<_>, Vec<_>) = (path.split('/').collect(), route.split('/').collect());
        let fits =
            |(wanted, offered): (&&str, &&str)| wanted == offered || offered.starts_with('{') && !wanted.is_empty();
        wanted.len() == offered.len() && wanted.iter().zip(&offered).all(fits)
    })
}

#[test]
fn every_route_lets_in_whom_it_declares_and_shows_nobody_what_is_anothers() {
    let (mut cells, mut mistakes) = (0, Vec::new());
    for function in simulation::contexts().into_iter().flat_map(|context| context.functions) {
        if !matches!(function.trigger, Trigger::Http { .. }) {
            continue;
        }
        let mut description = Description::default();
        (function.describe)(&mut description);
        let declared = description.caller.unwrap_or_else(|| panic!("{} does not say who may call it", function.name));
        let town = Town::new();
        let row = row(&town, function.name);
        let scopes = match row.scope {
            Scope::Nothing => &[Whose::Own][..],
            _ => &[Whose::Missing, Whose::Others, Whose::Own],
        };
        for (whose, caller) in scopes.iter().flat_map(|whose| callers().map(|caller| (*whose, caller))) {
            let cell = Cell { function: function.name, caller, whose };
            mistakes.extend(wrong(&town, &row, &cell, declared, cells));
            cells += 1;
        }
    }
    println!("authorization: {cells} cells");
    assert!(mistakes.is_empty(), "of {cells} cells {} are wrong:\n{}", mistakes.len(), mistakes.join("\n"));
}
