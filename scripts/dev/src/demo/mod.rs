//! `cargo dev demo`: replays real orders through the public API, as their customers, staff and a payment provider's
//! client would, and then checks that nothing is missing and nothing happened twice.
//!
//! Every step has a key of its own, made from the invoice's number, so the demo can be stopped, killed and started again
//! at any point, and so can the platform: what was done is answered as the first time. A replay of more orders goes on
//! from a shorter one; after a longer one, a shorter one would find less on the shelf than it expects.

mod check;
pub mod plan;
mod sensors;
mod services;
mod story;

use crate::retail::{self, Product};
use crate::{Options, Outcome};
use journeys::{Api, Person, Site};
use plan::{Customer, Plan};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many customers are served at a time.
const AT_ONCE: usize = 6;
/// How long the platform may be away.
const PATIENCE: Duration = Duration::from_secs(180);
/// How many products one import takes.
const ROWS: usize = 500;

/// Replays `--orders` orders at `--url`; prints the summary as text, or with `--json yes` as JSON.
#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a command line that measures its own time")]
pub fn run(arguments: &[String]) -> Outcome {
    match arguments.first().map(String::as_str) {
        Some("services") => return services::run(&arguments[1..]),
        Some("sensors") => return sensors::run(&arguments[1..]),
        _ => {}
    }
    let options = Options::read(arguments, &["orders", "url", "json", "data"])?;
    let data: PathBuf = options.get("data", PathBuf::from("data/retail"))?;
    let products = retail::products(&data.join("products.csv"))?;
    let invoices = retail::invoices(&data.join("orders-2010-12.csv.gz"))?;
    let plan = plan::plan(products, &invoices, options.get("orders", 500)?);
    let api = Api::new(Site::embedded(&options.get("url", crate::LOCAL.to_owned())?)).patient(PATIENCE);

    let begun = Instant::now();
    let manager = api.manager()?;
    stock_up(&api, &manager, &plan.products, |sku| plan.stock.get(sku).copied())?;
    let orders: usize = plan.customers.iter().map(|customer| customer.orders.len()).sum();
    let told = replay(&api, &manager, &plan, orders)?;
    let seconds = begun.elapsed().as_secs_f64();
    quiet(&api)?;
    let summary = check::check(&api, &manager, &plan, &told, seconds)?;
    match options.has("json") {
        true => println!("{}", summary.json()),
        false => println!("{}", summary.text()),
    }
    summary.verdict()
}

/// Imports the products with as many of each as `on_hand` says of its SKU.
pub fn stock_up(api: &Api, manager: &Person, products: &[Product], on_hand: impl Fn(&str) -> Option<u32>) -> Outcome {
    for (n, some) in products.chunks(ROWS).enumerate() {
        let rows = some.iter().map(|product| {
            json!({
                "sku": product.sku,
                "title": product.title,
                "prices": [{ "amount_minor": product.pence, "currency": "GBP" }],
                "published": true,
                "on_hand": on_hand(&product.sku),
            })
        });
        let rows: Vec<_> = rows.collect();
        let body = json!({ "dry_run": false, "format": "json", "rows": rows });
        // Stock is counted before the first order only: the key is the same at each run.
        let key = format!("demo-import-of-products-{n:04}");
        let report = api.post(manager, "/v1/products/import", &key, &body)?.expect(200)?;
        if let Some(error) = report["errors"].get(0) {
            return Err(format!("a product was not imported: {error}"));
        }
    }
    Ok(())
}

/// Lets every customer order, a few at a time. What each was told in the end.
#[allow(clippy::print_stderr, reason = "progress for whoever waits")]
fn replay(api: &Api, manager: &Person, plan: &Plan, orders: usize) -> Result<Vec<story::Told>, String> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let told = Mutex::new(Vec::with_capacity(orders));
    let failed: Mutex<Option<String>> = Mutex::default();
    let serve = |customer: &Customer| -> Outcome {
        let person = api.person(&format!("customer-{}", customer.name))?;
        for order in &customer.orders {
            let outcome = story::tell(api, manager, &person, order)
                .map_err(|reason| format!("invoice {} of {}: {reason}", order.invoice, customer.name))?;
            told.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, orders);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(customer) = plan.customers.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if failed.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                        return;
                    }
                    if let Err(reason) = serve(customer) {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
                    }
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(reason) => Err(reason),
        None => Ok(told.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

/// Waits until nothing is under way.
pub fn quiet(api: &Api) -> Outcome {
    api.until("the platform comes to rest", || {
        let status = api.look("/__local/status")?.expect(200)?;
        let waits = ["messages_waiting", "changes_unpublished"].iter().any(|name| status[*name] != 0);
        Ok((!waits && status["webhooks_waiting"] == false).then_some(()))
    })
}

/// So many pence as the API writes them.
fn pounds(pence: i64) -> Value {
    json!({ "amount_minor": pence, "currency": "GBP" })
}

/// A bar on a terminal, a line for each tenth elsewhere.
#[allow(clippy::print_stderr, reason = "progress for whoever waits")]
fn progress(done: usize, all: usize) {
    let mut out = std::io::stderr();
    let written = if out.is_terminal() {
        let filled = 40 * done / all.max(1);
        let end = if done == all { "\n" } else { "" };
        write!(out, "\r[{:<40}] {done} of {all} orders{end}", "#".repeat(filled))
    } else if done == all || done.is_multiple_of((all / 10).max(1)) {
        writeln!(out, "{done} of {all} orders")
    } else {
        Ok(())
    };
    // A terminal that is gone stops nothing.
    drop(written);
}
