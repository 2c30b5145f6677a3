//! `cargo dev load-products`: real products into a running system, through its API.

use crate::{Options, Outcome, retail};
use journeys::Api;
use serde_json::json;
use std::path::PathBuf;

/// Sets the best sellers, and as many of each on hand as were sold in a year.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["url", "count", "file"])?;
    let url = options.get("url", "http://127.0.0.1:8787".to_owned())?;
    let mut rows = retail::products(&options.get("file", PathBuf::from("data/retail/products.csv"))?)?;
    rows.truncate(options.get("count", 200)?);

    let api = Api::new(&url, &url);
    let manager = api.sign_in("manager")?;
    for row in &rows {
        let product = json!({
            "title": row.title,
            "prices": [{ "amount_minor": row.pence, "currency": "GBP" }],
            "published": true,
        });
        let path = format!("/v1/products/{}", row.sku);
        api.put(&manager, &path, &product)?.expect(200)?;
        api.put(&manager, &format!("{path}/stock"), &json!({ "on_hand": row.units_sold }))?.expect(200)?;
    }
    println!("{} products are set, with their stock", rows.len());
    Ok(())
}
