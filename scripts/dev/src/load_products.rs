//! `cargo dev load-products`: real products into a running system, through its API.

use crate::{Options, Outcome, retail};
use journeys::{Api, Site};
use serde_json::{Value, json};
use std::path::PathBuf;

/// How many products one import takes: a body holds 256 kB.
const AT_ONCE: usize = 500;

/// Imports the best sellers, and as many of each on hand as were sold in a year.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["url", "count", "file"])?;
    let url = options.get("url", crate::LOCAL.to_owned())?;
    let mut products = retail::products(&options.get("file", PathBuf::from("data/retail/products.csv"))?)?;
    products.truncate(options.get("count", 200)?);

    let api = Api::new(Site::embedded(&url));
    let manager = api.manager()?;
    for (n, some) in products.chunks(AT_ONCE).enumerate() {
        let rows: Vec<Value> = some.iter().map(row).collect();
        let file = json!({ "dry_run": false, "format": "json", "rows": rows });
        // The same key each time: stock is counted once, and what was sold since stays sold.
        let key = format!("loading-{}-products-{n:04}", products.len());
        let report = api.post(&manager, "/v1/products/import", &key, &file)?.expect(200)?;
        if report["refused"] != 0 {
            return Err(format!("some products were refused: {}", report["errors"]));
        }
    }
    println!("{} products are set, with their stock", products.len());
    Ok(())
}

/// A product as an import takes it.
fn row(product: &retail::Product) -> Value {
    json!({
        "sku": product.sku,
        "title": product.title,
        "prices": [{ "amount_minor": product.pence, "currency": "GBP" }],
        "published": true,
        "on_hand": product.units_sold,
    })
}
